"""What may be attached: known by its bytes, bounded, and kept without more of its maker than the picture itself."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from bawaslu_portal.kernel import pictures, uploads, workbooks

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GPS = 0x8825


def read(name, content):
    return uploads.read_attachment(SimpleUploadedFile(name, content))


def photo(size=(3200, 2400), kind="JPEG", turned=0, mode="RGB", **options):
    """A picture as a phone takes it: red on its left, with its place and maker in EXIF."""
    picture = Image.new(mode, size, "blue" if mode == "RGB" else (0, 0, 0, 0))
    picture.paste("red" if mode == "RGB" else (255, 0, 0, 255), (0, 0, size[0] // 4, size[1]))
    exif = Image.Exif()
    exif[0x010F] = "Telepon RAHASIA"
    exif[0x9C9C] = b"komentar RAHASIA"
    if turned:
        exif[0x0112] = turned
    exif.get_ifd(GPS).update({1: "S", 2: (3.0, 58.0, 12.0), 3: "E", 4: (122.0, 30.0, 44.0), 29: "2024:08:21"})
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, **options)
    return out.getvalue()


def book(change=None):
    made = Workbook()
    made.active.append(["Kegiatan", "Biaya"])
    made.active.append(["Patroli", 1500])
    if change:
        change(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def packed(content, **more):
    """The archive with more parts in it."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as pack:
        for name, part in more.items():
            pack.writestr(name.replace("__", "/"), part)
    return out.getvalue()


def word(**more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")
        pack.writestr("word/document.xml", "<document/>")
    return packed(out.getvalue(), **more)


def bomb(width=30000, height=30000):
    """A few bytes of PNG that name far too many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("name", "kind"), [("foto.jpg", "JPEG"), ("foto.webp", "WEBP")])
def test_a_photo_is_shrunk_and_tells_neither_place_nor_maker(name, kind):
    sent = photo(kind=kind)
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS)
    content, media_type = read(name, sent)
    kept = Image.open(io.BytesIO(content))
    assert (media_type, kept.format, kept.size) == ("image/jpeg", "JPEG", (2000, 1500))
    assert not dict(kept.getexif())
    assert b"RAHASIA" not in content
    assert b"Exif" not in content
    assert b"2024:08:21" not in content


def test_a_photo_taken_upright_stands_upright():
    content, _kind = read("tegak.jpg", photo(size=(2400, 1800), turned=6))
    kept = Image.open(io.BytesIO(content))
    assert kept.size == (1500, 2000)
    red, _green, blue = kept.getpixel((750, 20))  # what was at the left of the sensor is on top
    assert red > 200 > 100 > blue


def test_a_drawing_stays_png_without_its_words_and_a_heavy_one_becomes_jpeg():
    content, kind = read("layar.png", photo(size=(400, 300), kind="PNG", mode="RGBA"))
    kept = Image.open(io.BytesIO(content))
    assert (kind, kept.size, kept.mode) == ("image/png", (400, 300), "RGB")
    assert kept.getpixel((399, 0)) == (255, 255, 255)  # what was seen through stands on white
    assert b"RAHASIA" not in content
    noise = Image.effect_noise((1600, 1200), 80).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert read("bising.png", out.getvalue())[1] == "image/jpeg"


def test_a_small_photo_is_not_blown_up():
    content, _kind = read("kecil.JPG", photo(size=(320, 200)))
    assert Image.open(io.BytesIO(content)).size == (320, 200)


def test_a_photo_of_40_mb_is_refused_with_its_name_its_size_and_the_limit():
    upload = SimpleUploadedFile("besar.jpg", photo(size=(64, 64)) + b"\0" * (40 * uploads.MIB))
    with pytest.raises(ValidationError) as refused:
        uploads.read_attachment(upload)
    assert "besar.jpg: 40.0 MB terlalu besar; paling besar 20 MB" in refused.value.messages[0]


def test_pixels_are_counted_before_they_are_decoded(monkeypatch):
    monkeypatch.setattr(pictures, "_upright", lambda picture: pytest.fail("decoded"))
    with pytest.raises(ValidationError, match="13000 × 6500 piksel"):
        read("bom.png", bomb(13000, 6500))
    with pytest.raises(ValidationError, match="berpiksel terlalu banyak"):
        read("bom.png", bomb())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.pdf", b"MZ\x90\x00"),
        ("halaman.jpg", b"<html><script>alert(1)</script>"),
        ("surat.jpg", PDF),
        ("surat.pdf", photo(size=(20, 20))),
        ("terpotong.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj"),
        ("rusak.jpg", photo(size=(900, 900))[:400]),
        ("gambar.gif", b"GIF89a"),
        ("gambar.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("telepon.heic", b"\0\0\0\x18ftypheic"),
        ("arsip.zip", packed(b"", a="b")),
        ("rusak.xlsx", b"PK\x03\x04rusak"),
        ("lama.doc", b"\xd0\xcf\x11\xe0"),
        ("tukar.docx", book()),
        ("makro.xlsx", packed(book(), xl__vbaProject="x")),
        ("sisipan.docx", word(word__embeddings__oleObject1="MZ")),
        ("entitas.docx", word(**{"word__settings.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"})),
        ("bom.docx", word(big="0" * (41 * uploads.MIB))),
        ("kosong.pdf", b""),
    ],
)
def test_what_is_not_what_it_claims_is_refused_by_its_name(name, content):
    with pytest.raises(ValidationError) as refused:
        read(name, content)
    assert name in refused.value.messages[0]


@pytest.mark.parametrize("fault", [NotImplementedError, ValueError, zipfile.BadZipFile, EOFError])
def test_a_broken_archive_is_refused_however_it_fails(monkeypatch, fault):
    def fail(*_args, **_facts):
        raise fault

    monkeypatch.setattr("bawaslu_portal.kernel.workbooks.zipfile.ZipFile", fail)
    with pytest.raises(ValidationError) as refused:
        read("rusak.xlsx", b"PK\x03\x04rusak")
    assert "rusak.xlsx" in refused.value.messages[0]


def test_plain_papers_pass_unchanged():
    for name, content, kind in (
        ("surat.PDF", PDF, "application/pdf"),
        ("tabel.xlsx", book(), workbooks.XLSX),
        ("telaah.docx", word(), workbooks.DOCX),
    ):
        assert read(name, content) == (content, kind)
        assert name.lower().endswith(uploads.ending(kind))


def test_a_workbook_with_a_formula_is_refused_with_the_cell_named():
    def total(sheet):
        sheet["B7"] = "=SUM(B2:B6)"

    with pytest.raises(ValidationError, match="Sel B7 pada sheet1 berisi rumus"):
        read("anggaran.xlsx", book(total))


SHEET = "xl/worksheets/sheet1.xml"


def rewritten(change, content=None):
    """The workbook with ``change(name, bytes)`` -> (name, bytes) asked of each part; its B7 holds a formula."""

    def total(sheet):
        sheet["B7"] = "=SUM(B2:B6)"

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content or book(total))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return out.getvalue()


def of_sheet(*changes):
    """Replace text in the worksheet alone."""

    def change(name, content):
        for old, new in changes if name == SHEET else ():
            assert old in content
            content = content.replace(old, new)
        return name, content

    return change


def moved(to):
    """The worksheet under another part name, in every list that names it."""

    def change(name, content):
        if name == "[Content_Types].xml" or name.endswith(".rels"):
            content = content.replace(b"worksheets/sheet1.xml", to.encode().removeprefix(b"xl/"))
        return to if name == SHEET else name, content

    return change


def recoded(encoding, declared=b"UTF-8"):
    def change(name, content):
        if name == SHEET:
            text = content.decode().removeprefix('<?xml version="1.0"?>')
            content = f'<?xml version="1.0" encoding="{declared.decode()}"?>{text}'.encode(encoding)
        return name, content

    return change


REFERENCES, MAIN = workbooks.REFERENCES.encode(), b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAMED, SOMEWHERE = "Sel B7 pada sheet1 berisi rumus", "Lembar sheet1 berisi rumus"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (of_sheet((b'<c r="B7"', b"<c r='B7'")), NAMED),
        (of_sheet((b'<c r="B7"', b'<c s="0" r = "B7"')), NAMED),
        (of_sheet((b'<c r="B7"', b"<c")), SOMEWHERE),
        (of_sheet((b"<f>", b"<is/><f>")), NAMED),
        (of_sheet((b"<f>", b'<f t="shared">')), NAMED),
        (of_sheet((b"<f>", b'<y:f xmlns:y="x">'), (b"</f>", b"</y:f>")), NAMED),
        (of_sheet((b"<f>", b"<f\n>")), NAMED),
        (of_sheet((b"<f>", b"<xm:f xmlns:xm='%s'>" % REFERENCES), (b"</f>", b"</xm:f>")), NAMED),
        (of_sheet((b"<f>", b"<xm:f xmlns:xm='%s'>" % MAIN), (b"</f>", b"</xm:f>")), NAMED),
        (
            of_sheet(
                (b"</sheetData>", b"</sheetData><xm:f xmlns:xm='%s'>1</xm:f>" % MAIN),
                (b"<f>", b"<g>"),
                (b"</f>", b"</g>"),
            ),
            SOMEWHERE,
        ),
        (of_sheet((b"</sheetData>", b"<sheetData>")), "rusak atau bukan"),
        (moved("xl/lembar/isi.xml"), "Sel B7 pada isi berisi rumus"),
        (moved("xl/worksheets/sheet1.dat"), "Sel B7 pada sheet1.dat berisi rumus"),
        (moved("xl/worksheets/SHEET1.XML"), "Sel B7 pada SHEET1.XML berisi rumus"),
        (recoded("utf-16", b"UTF-16"), "rusak atau bukan"),
        (recoded("utf-16-le", b"UTF-16"), "rusak atau bukan"),
        (recoded("utf-16-be", b"UTF-16"), "rusak atau bukan"),
        (recoded("utf-8", b"UTF-7"), "rusak atau bukan"),
        (recoded("utf-8-sig"), NAMED),
    ],
)
def test_a_formula_does_not_hide(change, said):
    with pytest.raises(ValidationError, match=said):
        read("anggaran.xlsx", rewritten(change))


def test_the_words_of_a_formula_in_a_cell_and_a_rule_of_colours_are_no_formula():
    from openpyxl.formatting.rule import CellIsRule

    def change(sheet):
        sheet["A3"] = "<f>bukan rumus</f>"
        sheet.conditional_formatting.add("B2:B9", CellIsRule(operator="greaterThan", formula=["1000"]))

    content = rewritten(lambda name, part: (name, part), book(change))
    assert read("anggaran.xlsx", content) == (content, workbooks.XLSX)


CHOSEN = b"""<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"
  xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1"
  xmlns:xm="%s"><x14:dataValidation type="list"><x14:formula1><xm:f>Daftar!$A$1:$A$9</xm:f></x14:formula1>
  <xm:sqref>A2:A9</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"""


def test_a_list_to_choose_from_that_stands_on_another_sheet_is_no_formula():
    """As Excel writes it; beside a formula in a cell the workbook is refused all the same."""
    listed = of_sheet((b"</worksheet>", CHOSEN % REFERENCES))
    content = rewritten(listed, book())
    assert read("anggaran.xlsx", content) == (content, workbooks.XLSX)
    with pytest.raises(ValidationError, match=NAMED):
        read("anggaran.xlsx", rewritten(listed))
