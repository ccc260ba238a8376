"""My desk and the pages of refusal: what belongs to no single app."""

from django.shortcuts import render
from django.views.defaults import server_error as plain_server_error

from bawaslu_portal.kernel import catalogue, clock
from bawaslu_portal.kernel.models import Notice


def desk(request):
    """What waits for me, what this week holds, what is overdue; asked of every app through the registry."""
    waiting = catalogue.waiting_for(request.user)
    now = clock.now()
    return render(
        request,
        "portal/desk.html",
        {
            "waiting": [row for row in waiting if not (row.get("due") and row["due"] < now)],
            "overdue": [row for row in waiting if row.get("due") and row["due"] < now],
            "week": catalogue.week_of(request.user),
            "papers": catalogue.papers_in_making(request.user),
            "notices": Notice.objects.visible_to(request.user).unseen().select_related("organisation")[:5],
            "now": now,
        },
    )


def forbidden(request, exception=None):
    """403: you may see it but not do this."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request, exception=None):
    """404: the same whether it does not exist or is not yours."""
    return render(request, "404.html", status=404)


def csrf_failure(request, reason=""):
    """The form is older than the sign-in: say so, with a way on."""
    return render(request, "403.html", {"csrf": True}, status=403)


def server_error(request):
    """500: drawn without the database."""
    return plain_server_error(request, "500.html")
