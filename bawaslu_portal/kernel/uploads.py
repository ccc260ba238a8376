"""What people upload: allowed kinds by their first bytes, size and pixels bounded; and how files are given out."""

import io

from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.utils.translation import gettext as _

from . import documents, pictures, workbooks

MIB = 1024 * 1024
LARGEST = 15 * MIB
LARGEST_ATTACHMENT = 20 * MIB  # one file of several; what is kept of a photo is far smaller
PIXELS = 40_000_000
MAGIC = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
    b"\x89PNG\r\n": ("image/png", ".png"),
}
ENDINGS = {"application/pdf": (".pdf",), "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}
# An attachment may also be a picture that is stored as JPEG, or a plain Office file.
ATTACHMENTS = {
    **ENDINGS,
    pictures.WEBP: (".webp",),
    workbooks.DOCX: (".docx",),
    workbooks.XLSX: (".xlsx",),
}
ACCEPT = ",".join(ending for endings in ATTACHMENTS.values() for ending in endings)
NAMES = {workbooks.DOCX: "Word", workbooks.XLSX: "Excel"}


def _kind_of(content):
    return next((kind for magic, (kind, _ending) in MAGIC.items() if content.startswith(magic)), None)


def _check_picture(content):
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                raise ValidationError(
                    _("Gambar %(width)s × %(height)s piksel terlalu besar; potret ulang atau perkecil.")
                    % {"width": width, "height": height}
                )
            picture.verify()
    except ValidationError:
        raise
    except Exception as error:  # a broken picture fails in many ways
        raise ValidationError(_("Gambar ini rusak. Pindai atau potret ulang.")) from error


def read_scan(upload, kinds=tuple(ENDINGS)):
    """The bytes and media type of an uploaded scan: PDF, JPEG or PNG. Raises ValidationError with what to do."""
    if upload.size > LARGEST:
        raise ValidationError(
            _("Berkas %(size)s MB terlalu besar; paling besar %(limit)s MB. Pindai hitam-putih atau perkecil.")
            % {"size": round(upload.size / MIB, 1), "limit": LARGEST // MIB}
        )
    content = upload.read()
    kind = _kind_of(content)
    if kind not in kinds:
        raise ValidationError(
            _("Berkas ini bukan PDF, JPEG, atau PNG. Unggah hasil pindai dalam salah satu bentuk itu.")
        )
    if not upload.name.lower().endswith(ENDINGS[kind]):
        raise ValidationError(
            _("Isi berkas tidak cocok dengan akhiran namanya; isinya %(kind)s.") % {"kind": kind.split("/")[1].upper()}
        )
    if kind != "application/pdf":
        _check_picture(content)
    return content, kind


def _attached_kind(content):
    """The media type of an attachment by its first bytes, or None."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return pictures.WEBP
    return _kind_of(content) or workbooks.kind_of(content)


def _named(kind):
    return NAMES.get(kind) or kind.split("/")[1].upper()


def read_attachment(upload):
    """The bytes to keep of an uploaded attachment and their media type: PDF, picture, plain Word or Excel.

    A picture comes out shrunk, turned upright and without its place (``pictures.plain``), so bytes and type may
    differ from what was sent. Raises ValidationError with what to do. Ask before any row is locked: decoding takes
    its time.
    """
    if upload.size > LARGEST_ATTACHMENT:
        raise ValidationError(
            _("%(name)s: %(size)s MB terlalu besar; paling besar %(limit)s MB. Perkecil fotonya, atau pindai ulang.")
            % {"name": upload.name, "size": round(upload.size / MIB, 1), "limit": LARGEST_ATTACHMENT // MIB}
        )
    content = upload.read()
    kind = _attached_kind(content)
    if kind is None:
        raise ValidationError(
            _("%(name)s bukan PDF, foto (JPEG, PNG, WebP), atau berkas Word/Excel biasa. Simpan sebagai PDF atau JPEG.")
            % {"name": upload.name}
        )
    if not upload.name.lower().endswith(ATTACHMENTS[kind]):
        raise ValidationError(
            _("%(name)s: isi berkas tidak cocok dengan akhiran namanya; isinya %(kind)s.")
            % {"name": upload.name, "kind": _named(kind)}
        )
    try:
        return _examined(content, kind)
    except ValidationError as error:
        raise ValidationError([f"{upload.name}: {message}" for message in error.messages]) from error


def _examined(content, kind):
    if kind == "application/pdf":
        if b"%%EOF" not in content[-2048:]:
            raise ValidationError(_("PDF ini terpotong. Unggah lagi berkas yang utuh."))
        return content, kind
    if kind in (workbooks.DOCX, workbooks.XLSX):
        workbooks.examine(content, kind)
        if kind == workbooks.XLSX:
            workbooks.refuse_formulas(content)
        return content, kind
    return pictures.plain(content)


def attachment(stored, name, *, inline=False):
    """The bytes of a StoredFile as a download; only PDFs and pictures may be shown inline."""
    content = documents.read(stored)
    response = FileResponse(
        io.BytesIO(content), content_type=stored.media_type, filename=name, as_attachment=not inline
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def ending(media_type):
    """The file ending of an allowed media type."""
    return ATTACHMENTS[media_type][0]
