"""What people upload: allowed kinds by their first bytes, size and pixels bounded; and how files are given out."""

import io

from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.utils.translation import gettext as _

from . import documents

MIB = 1024 * 1024
LARGEST = 15 * MIB
PIXELS = 40_000_000
MAGIC = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
    b"\x89PNG\r\n": ("image/png", ".png"),
}
ENDINGS = {"application/pdf": (".pdf",), "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}


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
    return ENDINGS[media_type][0]
