"""The same form sent twice acts once: forms that create or sign carry ``request_key``."""

import hashlib
import uuid

from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from .models.requests import AnsweredRequest

FIELD = "request_key"
# Never shown back on a page of refusal: keys, and whatever is secret.
UNSHOWN = frozenset({FIELD, "csrfmiddlewaretoken", "version", "notes_version", "digest", "next"})
SECRET = ("password", "again", "code", "secret")
LONGEST_KEPT = 20000


def new_key():
    """A key for a fresh form."""
    return str(uuid.uuid4())


def kept_texts(request):
    """The texts of a form that was refused, to be shown on the page that refuses it, so that nothing typed is lost.

    Keys, secrets and ticks stay out.
    """
    if request.method != "POST":
        return []
    return [
        value[:LONGEST_KEPT]
        for name, values in request.POST.lists()
        if name not in UNSHOWN and not any(word in name for word in SECRET)
        for value in values
        if value.strip() and value != "on" and not _is_key(value)
    ]


def _is_key(value):
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def _body_digest(request):
    whole = hashlib.sha256(request.path.encode())
    for name, values in sorted(request.POST.lists()):
        if name != "csrfmiddlewaretoken":
            whole.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            whole.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                whole.update(chunk)
            file.seek(0)
    return whole.hexdigest()


def answer_once(request, answer):
    """Call ``answer`` unless this user already sent the same key: then give the stored answer, or 409 for another
    text under the same key. A lock makes two at the same moment wait for each other."""
    raw = request.POST.get(FIELD) if request.method == "POST" else None
    if not raw or not request.user.is_authenticated:
        return answer()
    try:
        key = uuid.UUID(raw)
    except ValueError:
        return answer()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{request.user.pk}:{key}"])
    digest = _body_digest(request)
    earlier = AnsweredRequest.objects.filter(user=request.user, key=key).first()
    if earlier and earlier.body_digest == digest:
        return _go(request, HttpResponseRedirect(earlier.location))
    if earlier:
        context = {"repeated": True, "location": earlier.location, "kept": kept_texts(request)}
        return render(request, "409.html", context, status=409)
    response = answer()
    if response.status_code in (302, 303):
        AnsweredRequest.objects.create(
            user=request.user, key=key, body_digest=digest, location=response.headers["Location"][:300]
        )
        return _go(request, response)
    return response


def _go(request, response):
    """The redirect as htmx follows it, to a whole page: the script would put that page into the place of a form."""
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = response["Location"]
        answer.cookies.update(response.cookies)
        return answer
    return response
