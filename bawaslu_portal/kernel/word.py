"""Working copies: the paper of a frozen record as a Word document, made from the very markup that the PDF is made of.

So a working copy says what the paper says, in its form: letterhead, numbering, tables, signature blocks. It is for
going on writing elsewhere and carries on every page that it is no official paper. The markup is our own templates'
(well-formed; what was typed is escaped or cleaned in it); what this module does not know it writes as plain text.
"""

import io
import logging
import re
from xml.etree import ElementTree

from . import pdf

log = logging.getLogger(__name__)
NOTE = "Salinan kerja, bukan naskah resmi"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT, NARROW = "Bookman Old Style", "Arial Narrow"
RED, GREY = "7A1F1F", "444444"
HEIGHTS = {"A4": 297, "F4": 330}
NARROWEST = 11  # millimetres: a number with the margins of a cell of Word
LEFT, RIGHT, TOP, BOTTOM, WIDE = 25, 20, 18, 24, 210
SKIPPED = {"foot", "rule", "stamp", "draft"}
WIDTH = re.compile(r"^w(\d+)$")
# Widths in millimetres of columns that a class of ours names (static/css/paper.css), with the margins of a cell.
NAMED = {"id": {"k": 35, "c": 5, "date": 62}, "d": {"k": 39}, "kop": {"mark": 19}}
HEADINGS = {"h1": 12, "h2": 10.5, "h3": 10, "h4": 9.6}
LOGO, PHOTO = (15, 19), (150, 105)  # the most of a picture, width and height in millimetres
TOGETHER = {"end", "photo", "keep"}  # what stays on one page
SPACE = re.compile(r"[ \t\r\n]+")
MARKS = {"b": "bold", "strong": "bold", "th": "bold", "i": "italic", "em": "italic"}


def render(template, context, *, paper="A4"):
    """The bytes of a .docx from the template of a paper and its frozen values."""
    root = ElementTree.fromstring(pdf.markup(template, context, paper=paper))  # noqa: S314 - our own template
    return _Copy(root, paper).bytes()


def _classes(element):
    return set((element.get("class") or "").split())


class _Copy:
    """One document under way."""

    def __init__(self, root, paper):
        from docx import Document
        from docx.shared import Mm, Pt, RGBColor

        self.last = None  # the paragraph that was written last
        self.mm, self.pt, self.colour = Mm, Pt, RGBColor.from_string
        self.book = Document()
        title = root.findtext("head/title") or ""
        self.book.core_properties.title = " ".join(title.split())[:250]
        author = root.find("head/meta[@name='author']")
        self.book.core_properties.author = author.get("content")[:250] if author is not None else ""
        self.book.core_properties.comments = NOTE
        body = root.find("body")
        self._page(paper, body)
        self._children(body, self.book)

    def bytes(self):
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def _page(self, paper, body):
        section = self.book.sections[0]
        section.page_width, section.page_height = self.mm(WIDE), self.mm(HEIGHTS.get(paper, 297))
        section.left_margin, section.right_margin = self.mm(LEFT), self.mm(RIGHT)
        section.top_margin, section.bottom_margin = self.mm(TOP), self.mm(BOTTOM)
        self.width = WIDE - LEFT - RIGHT
        normal = self.book.styles["Normal"]
        normal.font.name, normal.font.size = FONT, self.pt(10.5)
        normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = self.pt(5), 1.1
        draft = any("draft" in _classes(one) for one in body)
        sample = next((one.text for one in body if "stamp" in _classes(one)), "")
        words = " · ".join(filter(None, [NOTE, "DRAF" if draft else "", sample]))
        head = section.header.paragraphs[0]
        head.alignment = 2
        self._run(head, words, {"bold", "note", "red"})
        small = self.book.styles["Footer"].font  # the fields of the page numbers take their size from it
        small.name, small.size = NARROW, self.pt(8)
        foot = section.footer.paragraphs[0]
        said = next((one for one in body if "foot" in _classes(one)), None)
        name = SPACE.sub(" ", (said.text or "").strip()) if said is not None else "Portal Bawaslu"
        self._run(foot, f"{name} · {NOTE}; yang berlaku adalah naskah PDF dari portal. Halaman ", {"note"})
        self._field(foot, "PAGE")
        self._run(foot, " dari ", {"note"})
        self._field(foot, "NUMPAGES")

    # --- words ---

    def _run(self, paragraph, text, marks=frozenset()):
        run = paragraph.add_run(text)
        run.bold, run.italic = "bold" in marks or None, "italic" in marks or None
        if "note" in marks:
            run.font.size, run.font.name = self.pt(8), NARROW
        if "table" in marks:
            run.font.size, run.font.name = self.pt(9.5), NARROW
        if "red" in marks or "grey" in marks:
            run.font.color.rgb = self.colour(RED if "red" in marks else GREY)
        return run

    def _field(self, paragraph, code):
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        run = self._run(paragraph, "", {"note"})
        for kind, text in (("begin", None), (None, code), ("end", None)):
            if kind:
                part = OxmlElement("w:fldChar")
                part.set(qn("w:fldCharType"), kind)
            else:
                part = OxmlElement("w:instrText")
                part.text = text
            run._r.append(part)

    def _text(self, paragraph, text, marks):
        """Words with their white space as a browser sees it."""
        words = SPACE.sub(" ", text or "")
        if not paragraph.runs or paragraph.runs[-1].text.endswith(("\n", " ")):
            words = words.lstrip(" ")
        if words:
            self._run(paragraph, words, marks)

    def _inline(self, element, paragraph, marks):
        self._text(paragraph, element.text, marks)
        for child in element:
            if child.tag == "br":
                paragraph.add_run().add_break()
            elif child.tag == "img":
                self._picture(child, paragraph, LOGO if "kop" in marks else PHOTO)
            elif child.tag not in ("ul", "ol", "p", "table", "div"):
                self._inline(child, paragraph, marks | {MARKS[child.tag]} if child.tag in MARKS else marks)
            self._text(paragraph, child.tail, marks)

    def _fit(self, picture, width, height):
        """No larger than on the paper, and never larger than it is."""
        most = min(self.mm(width) / picture.width, self.mm(height) / picture.height, 1)
        picture.width, picture.height = int(picture.width * most), int(picture.height * most)

    def _picture(self, element, paragraph, most):
        try:
            self._fit(paragraph.add_run().add_picture(str(pdf.locate(element.get("src")))), *most)
        except (ValueError, OSError):
            log.warning("A working copy goes without its picture.")  # its place stays empty, as on the paper

    # --- blocks ---

    def _children(self, element, into, marks=frozenset()):
        for child in element:
            classes = _classes(child)
            if classes & SKIPPED:
                continue
            if "up" in classes and self.last is not None:
                self.last.paragraph_format.keep_with_next = True  # the outcome stays with the words that it ends
            if child.tag == "table":
                self._table(child, into, bool(classes & {"sig", "d"} or "keep" in marks))
            elif child.tag in ("ul", "ol"):
                self._list(child, into, 1, marks)
            elif child.tag in HEADINGS:
                self._heading(child, into)
            elif child.tag == "p":
                self._paragraph(child, into, marks, classes)
            else:
                self._children(child, into, marks | classes & TOGETHER)

    def _heading(self, element, into):
        paragraph = into.add_paragraph()
        size = self.pt(HEADINGS[element.tag])
        layout = paragraph.paragraph_format
        layout.keep_with_next, layout.space_before = True, self.pt(10 if element.tag in ("h1", "h2") else 6)
        layout.space_after = self.pt(3)
        if element.tag == "h1":
            paragraph.alignment = 1
        self._inline(element, paragraph, frozenset({"bold"}))
        for run in paragraph.runs:
            run.font.size = size

    def _paragraph(self, element, into, marks, classes):
        paragraph = self.last = into.add_paragraph()
        marks = set(marks)
        if classes & {"note", "cap"}:
            marks.add("note")
        if "cap" in classes:
            marks.add("bold")
            paragraph.paragraph_format.keep_with_next = True
        if "none" in classes:
            marks |= {"italic", "grey"}
        if "no" in classes:
            paragraph.alignment = 1
            paragraph.paragraph_format.space_after = self.pt(10)
        elif "photo" in marks:
            paragraph.alignment = 1
        elif not classes & {"note", "cap", "to", "at", "cc", "none"}:
            paragraph.alignment = 3
        if "end" in marks or element.find("img") is not None:
            paragraph.paragraph_format.keep_with_next = True
        self._inline(element, paragraph, frozenset(marks))

    def _list(self, element, into, level, marks):
        """Entries with their numbers written out, so that each list begins anew as on the paper."""
        for n, entry in enumerate(element.findall("li"), 1):
            paragraph = self.last = into.add_paragraph()
            layout = paragraph.paragraph_format
            layout.left_indent, layout.first_line_indent = self.mm(8 * level), self.mm(-8)
            layout.space_after = self.pt(1.5)
            layout.tab_stops.add_tab_stop(self.mm(8 * level))
            self._run(paragraph, f"{n}.\t" if element.tag == "ol" else "•\t", marks)
            self._inline(entry, paragraph, marks)
            for inner in entry:
                if inner.tag in ("ul", "ol"):
                    self._list(inner, into, level + 1, marks)

    # --- tables ---

    def _table(self, element, into, together):
        classes = _classes(element)
        rows = list(element.iter("tr"))
        if not rows:
            return
        count = max(sum(int(cell.get("colspan", 1)) for cell in row) for row in rows)
        table = into.add_table(rows=len(rows), cols=count)
        table.autofit = False
        widths = self._widths(element, rows, count, classes)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = self.mm(width)
        ruled, heads = "r" in classes, set(element.findall("thead/tr"))
        for n, (row, source) in enumerate(zip(table.rows, rows, strict=True), 1):
            cells, at = row.cells, 0
            for part in source:
                span = int(part.get("colspan", 1))
                cell = cells[at] if span == 1 else cells[at].merge(cells[at + span - 1])
                cell.width = self.mm(sum(widths[at : at + span]))
                self._cell(part, cell, classes, ruled)
                cell.paragraphs[0].paragraph_format.keep_with_next = (together and n < len(rows)) or None
                at += span
            self._row(row, source in heads, "gap" in _classes(source[0]) if len(source) else False)
        self._borders(table, classes)
        after = into.add_paragraph()
        after.paragraph_format.space_after, after.paragraph_format.line_spacing = self.pt(0), self.pt(6)

    def _widths(self, element, rows, count, classes):
        named = next((NAMED[name] for name in NAMED if name in classes), {})
        found = [None] * count
        for source in [list(group) for group in element.findall("colgroup")] + [list(row) for row in rows]:
            at = 0
            for part in source:
                if part.get("colspan") is None and at < count and found[at] is None:
                    found[at] = next(
                        (
                            named.get(name) or max(int(WIDTH.match(name)[1]), NARROWEST)
                            for name in _classes(part)
                            if name in named or WIDTH.match(name)
                        ),
                        None,
                    )
                at += int(part.get("colspan", 1))
        rest = max(self.width - sum(filter(None, found)), 10 * found.count(None))
        return [width or rest / found.count(None) for width in found]

    def _cell(self, part, cell, classes, ruled):
        own = _classes(part)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = self.pt(1.5)
        if classes & {"kop", "sig"} or "m" in own:
            paragraph.alignment = 1
        elif "date" in own:
            paragraph.alignment = 2
        marks = {"table"} if ruled else set()
        if part.tag == "th" or own & {"s", "g"}:
            marks.add("bold")
        if "gap" in own:
            marks |= {"note", "grey"}
            cell.vertical_alignment = 1  # in the middle
        if "nm" in own:
            paragraph.paragraph_format.space_after = self.pt(9)
        if "kop" in classes:
            marks.add("kop")
        self._inline(part, paragraph, frozenset(marks))
        if "kop" in classes:
            self._letterhead(paragraph)

    def _letterhead(self, paragraph):
        """The names large and on lines of their own, the address small below them."""
        named = False
        for run in paragraph.runs:
            if named and run.text.strip() and not run.bold:
                run._r.addprevious(self._break())
                named = False
            named = run.bold or named
            run.font.size = self.pt(13 if run.bold else 8.6)

    def _break(self):
        from docx.oxml import OxmlElement

        run = OxmlElement("w:r")
        run.append(OxmlElement("w:br"))
        return run

    def _row(self, row, head, gap):
        from docx.oxml import OxmlElement

        facts = row._tr.get_or_add_trPr()
        facts.append(OxmlElement("w:cantSplit"))
        if head:
            facts.append(OxmlElement("w:tblHeader"))
        if gap:
            row.height = self.mm(15)

    def _borders(self, table, classes):
        """Lines as on the paper: under each row, round nothing; a stroke at the left of a decision; none elsewhere."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        sides = {}
        if "r" in classes:
            sides = {"top": (8, "111111"), "bottom": (8, "111111"), "insideH": (4, "AAAAAA")}
        if "x" in classes:
            sides["insideV"] = (4, "AAAAAA")
        if "d" in classes:
            sides = {"left": (12, RED)}
        if "kop" in classes:
            sides = {"bottom": (18, "111111")}
        borders = OxmlElement("w:tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            if side in sides:
                size, colour = sides[side]
                line = OxmlElement(f"w:{side}")
                for key, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", colour)):
                    line.set(qn(f"w:{key}"), value)
                borders.append(line)
        table._tbl.tblPr.append(borders)
