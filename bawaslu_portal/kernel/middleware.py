"""What happens around every view: the user's language and zone, refusals as pages, sign-ins that ended."""

import zoneinfo
from urllib.parse import urlencode

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import htmx
from .context import Portal
from .lifecycle import NotPermitted, TransitionRefused
from .requests import kept_texts

# Asked by machines, in time even when PostgreSQL hangs: nothing here may touch the database for it.
HEALTH = "/sehat/"


class PortalMiddleware:
    """The last middleware: request.user and request.htmx are there."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.portal = Portal(request)
        if request.path_info == HEALTH:
            return self.get_response(request)
        language = self._language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        unit = request.portal.unit
        timezone.activate(zoneinfo.ZoneInfo(unit.time_zone if unit else settings.TIME_ZONE))
        try:
            return self._for_htmx(request, self.get_response(request))
        finally:
            timezone.deactivate()

    @staticmethod
    def _language(request):
        """The user's own, else the cookie's, else Indonesian; what the browser prefers does not count."""
        codes = {code for code, _name in settings.LANGUAGES}
        chosen = request.portal.user.language if request.portal.user else None
        chosen = chosen or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        return chosen if chosen in codes else settings.LANGUAGE_CODE

    @staticmethod
    def _for_htmx(request, response):
        """htmx would swap the sign-in page into a fragment: send the whole page there instead, and back after."""
        if not getattr(request, "htmx", False) or response.status_code not in (301, 302, 303):
            return response
        target = response["Location"].split("?")[0]
        if target not in {reverse("account_login"), reverse("account_reauthenticate"), reverse("mfa_reauthenticate")}:
            return response
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = f"{target}?{urlencode({'next': htmx.page_path(request)})}"
        for cookie in response.cookies.values():
            answer.cookies[cookie.key] = cookie
        return answer

    def process_exception(self, request, exception):
        if isinstance(exception, NotPermitted):
            if request.htmx:
                return htmx.refusal(request, str(exception), status=403)
            return render(request, "403.html", {"reason": str(exception)}, status=403)
        if isinstance(exception, TransitionRefused):
            if request.htmx:
                return htmx.refusal(request, str(exception))
            context = {"reason": str(exception), "kept": kept_texts(request), "back": self._back(request)}
            return render(request, "409.html", context, status=409)
        if isinstance(exception, ReauthenticationRequired) and request.method == "POST":
            return stale(request)
        return None

    @staticmethod
    def _back(request):
        """The page of the refused button, where the browser named it and it is ours."""
        referer = request.META.get("HTTP_REFERER", "")
        origin = f"{request.scheme}://{request.get_host()}"
        return referer.removeprefix(origin) if referer.startswith(origin + "/") else ""


def stale(request):
    """The fresh sign-in ran out before the form was sent: 409, and what was typed is kept on the page."""
    page = htmx.page_path(request)
    again = f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}"
    if request.htmx:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = again
        return answer
    context = {
        "title": _("Masuk sekali lagi untuk melanjutkan"),
        "reason": _("Langkah ini hanya berlaku beberapa menit sesudah kata sandi dimasukkan. Belum ada yang berubah."),
        "choices": [{"label": _("Masukkan kata sandi"), "url": again, "primary": True}],
        "kept": kept_texts(request),
        "back": page,
    }
    return render(request, "409.html", context, status=409)
