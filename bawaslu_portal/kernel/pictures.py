"""Photos as they are kept: small enough for a slow line, upright, and without where and on what they were taken."""

import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WEBP = "image/webp"
SIDE = 2000  # pixels of the longest side that are kept
PIXELS = 80_000_000  # of what is sent; a picture that names more is refused before it is decoded
QUALITY = 82
MOST_PNG = 1024 * 1024  # bytes; a larger drawing is kept as JPEG


def _open(content):
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    except Image.DecompressionBombError as error:  # what the library itself no longer opens
        raise ValidationError(_("Gambar ini berpiksel terlalu banyak; potret ulang atau perkecil.")) from error
    width, height = picture.size
    if width * height > PIXELS:
        raise ValidationError(
            _("Gambar %(width)s × %(height)s piksel terlalu besar; potret ulang atau perkecil.")
            % {"width": width, "height": height}
        )
    return picture


def _upright(picture):
    """Decoded, turned as the camera was held, shrunk, in plain colours on white."""
    from PIL import Image, ImageOps

    picture.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at a fraction of its size, not less than asked
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return upright.convert("RGB")


def plain(content):
    """The bytes to keep and their media type: longest side SIDE pixels at most, nothing but the picture in them.

    Raises ValidationError for a broken picture and for one with too many pixels.
    """
    from PIL import Image

    try:
        with _open(content) as sent:
            kind = sent.format
            # A picture without metadata, made from the pixels alone.
            upright = _upright(sent)
            bare = Image.new("RGB", upright.size)
            bare.paste(upright)
    except ValidationError:
        raise
    except Exception as error:  # a broken picture fails in many ways
        raise ValidationError(_("Gambar ini rusak. Pindai atau potret ulang.")) from error
    if kind == "PNG":
        drawn = _saved(bare, "PNG", optimize=True)
        if len(drawn) <= MOST_PNG:
            return drawn, "image/png"
    return _saved(bare, "JPEG", quality=QUALITY, optimize=True, progressive=True), "image/jpeg"


def _saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
