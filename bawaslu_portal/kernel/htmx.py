"""Answers for htmx: fragments with the messages out of band, and where to go when the page itself must change."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string


def fragment(request, template, context=None, status=200):
    """Render ``template`` (the fragment that the page includes); pending messages come along out of band."""
    response = render(request, template, context or {}, status=status)
    place = render_to_string("components/messages.html", {"oob": True}, request=request)
    response.content += place.encode()
    return response


def refusal(request, reason, status=409):
    """A refused bare button: only the sentence, in the messages' place, and nothing else swapped."""
    response = render(request, "components/refusal.html", {"reason": reason}, status=status)
    response["HX-Retarget"] = "#pesan"
    response["HX-Reswap"] = "innerHTML show:top"
    return response


def go(request, to, *args, **kwargs):
    """After a verb: an ordinary redirect, or for htmx one that loads the whole page anew."""
    response = redirect(to, *args, **kwargs)
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = response["Location"]
        return answer
    return response


def page_path(request):
    """Path and query of the page from which htmx asked; of the request itself where that is not known."""
    current = getattr(request.htmx, "current_url", None) if getattr(request, "htmx", False) else None
    if current:
        parts = urlsplit(current)
        if parts.netloc == request.get_host():
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path() if request.method == "GET" else request.path
