"""A picture that stands for the scan of a signed paper, and says that it is none."""

import functools
import io

from PIL import Image, ImageDraw, ImageFont

from bawaslu_portal.kernel import documents

SIZE = (744, 1052)  # A4 at 90 dots an inch


@functools.cache
def _font(size):
    return ImageFont.load_default(size)


def scan(*lines):
    """The stored picture with these lines on it."""
    page = Image.new("L", SIZE, 250)
    pen = ImageDraw.Draw(page)
    pen.text((60, 60), "DATA CONTOH, BUKAN NASKAH RESMI", font=_font(22), fill=40)
    for number, line in enumerate(lines):
        pen.text((60, 130 + 34 * number), line, font=_font(18), fill=60)
    pen.line([(60, 940), (150, 900), (210, 955), (320, 890)], fill=70, width=3)
    content = io.BytesIO()
    page.save(content, "JPEG", quality=60)
    return documents.store(content.getvalue(), "image/jpeg")
