"""The codes of a frozen record, in the language of the page. Papers say them in Indonesian always."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import texts
from bawaslu_portal.kernel.workbooks import DOCX, XLSX

from .. import sheets, submissions

register = template.Library()

WORDS = {
    "hadir": _("Hadir"),
    "izin": _("Izin"),
    "sakit": _("Sakit"),
    "dinas luar": _("Dinas luar"),
    "tanpa keterangan": _("Tanpa keterangan"),
    "luring": _("Luring"),
    "daring": _("Daring"),
    "mufakat": _("Musyawarah mufakat"),
    "suara": _("Suara terbanyak"),
    "disetujui": _("Disetujui"),
    "tidak disetujui": _("Tidak disetujui"),
    "suara berimbang": _("Suara berimbang, belum putus"),
    "setuju": _("Setuju"),
    "tidak": _("Tidak setuju"),
    "abstain": _("Abstain"),
    "berjalan": _("Berjalan"),
    "dilaporkan selesai": _("Dilaporkan selesai"),
    "selesai": _("Selesai"),
    "dihentikan": _("Dihentikan"),
    "decided": _("Diputuskan"),
    "deferred": _("Ditunda"),
    "withdrawn": _("Ditarik"),
    "": _("Belum dibahas"),
    "(tertutup)": _("(tertutup)"),
    "(risalahnya belum disahkan)": _("(risalahnya belum disahkan)"),
}


@register.filter
def word(code):
    """The word on screen for a code of the record; an unknown one (of an older record) as it stands."""
    return WORDS.get(code, code)


FILES = {
    "application/pdf": "PDF",
    "image/jpeg": _("Foto JPEG"),
    "image/png": _("Gambar PNG"),
    DOCX: "Word",
    XLSX: "Excel",
}


@register.filter
def file_kind(media_type):
    """What a file is, in a word."""
    return FILES.get(media_type, media_type)


@register.simple_tag
def pips(quorum):
    """The members as dots, those in the room filled, a stroke after the last one that the quorum needs."""
    width = 16 * max(quorum.base, 1) + 4
    dots = format_html_join(
        "",
        '<circle class="pip{}" cx="{}" cy="10" r="5.5"/>',
        ((" pip-in" if n < quorum.present else "", 8 + 16 * n) for n in range(quorum.base)),
    )
    need = format_html('<path class="pip-need" d="M{} 1v18"/>', 16 * quorum.needed)
    return format_html(
        '<svg viewBox="0 0 {} 20" width="{}" height="18" aria-hidden="true" focusable="false">{}{}</svg>',
        width,
        round(width * 0.9),
        dots,
        need,
    )


@register.filter
def manner(decision):
    """How it was decided, with the count of a vote."""
    return sheets.manner(decision)


@register.simple_tag(takes_context=True)
def without(context, name):
    """The page's own query without one filter, from its first page."""
    asked = context["request"].GET.copy()
    for gone in (name, "page"):
        asked.pop(gone, None)
    return f"?{asked.urlencode()}"


@register.simple_tag
def standing(submission, fate=None):
    """Where a submission stands: letter, word and kind."""
    return submissions.standing(submission, fate)


@register.inclusion_tag("plenos/notes_links.html")
def notes_links(pleno):
    """Where the notes of each item are written once the session is closed, and which hold two texts."""
    items = list(pleno.items.all())
    refused = texts.refused_among(items, "notes")
    for item in items:
        item.refused = refused.get(item.uuid, [])
    return {"pleno": pleno, "items": items, "unsettled": sum(bool(item.refused) for item in items)}
