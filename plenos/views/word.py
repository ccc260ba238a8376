"""Working copies as Word: the same records as the papers, for those who read the papers."""

from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from bawaslu_portal.kernel import documents, word

from .. import documents as papers
from .. import permissions
from .fetch import find
from .signing import readable_record

INVITATION = "undangan"
OF_MINUTES = {"berita-acara": "plenos.berita_acara", "notulen": "plenos.notulen"}


def _invitation_record(request, pleno):
    """The record of the letter that the reader may read; for those who prepare, before any, as it would be now."""
    letters = documents.readable_by(request.user).filter(about=pleno.uuid, kind="plenos.undangan", superseded_by=None)
    letter = letters.order_by("-id").first()
    if letter:
        return letter.record
    if permissions.may_prepare(request.user, pleno):
        return papers.invitation_record(pleno)
    raise Http404


@require_GET
def working_copy(request, kind, **address):
    """The invitation, the notulen or the Berita Acara as a Word document, marked as a working copy."""
    if kind == INVITATION:
        pleno = find(request, **address)
        made, record = "plenos.undangan", _invitation_record(request, pleno)
    elif kind in OF_MINUTES:
        pleno, record = readable_record(request, address)
        made = OF_MINUTES[kind]
    else:
        raise Http404
    answer = HttpResponse(papers.working_copy(made, record), content_type=word.MEDIA_TYPE)
    name = slugify(f"salinan kerja {kind} {pleno.organisation.code} {pleno.week_text} {pleno.ordinal}")
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    answer["Cache-Control"] = "private, no-store"
    return answer
