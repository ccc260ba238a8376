"""The shape of typed texts: cleaned HTML in one canonical form, and its plain and typed forms.

A text is a row of blocks (h3, h4, p, ul, ol) whose words may carry strong and em. The canonical form is well-formed,
so that screens and papers (which are parsed as XML) take the same string. ``kernel/texts.py`` is the door.
"""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from . import wording

HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
MARKS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
LISTS = ("ul", "ol")
TAGS = frozenset({"h3", "h4", "p", "ul", "ol", "li", "strong", "em", "br"})
# What nh3 lets through to be brought into the canonical form: what browsers and word processors write for the same.
READ = TAGS | set(HEADINGS) | set(MARKS) | {"div", "blockquote", "pre", "tr", "section", "article"}
RICH = re.compile(r"\s*<(?:p|h[1-6]|ul|ol|div|blockquote|pre)(?:\s[^>]*)?>", re.IGNORECASE)
SPACE = re.compile(r"\s+")


@dataclass
class Block:
    """One heading, paragraph, or entry of a list: ``kind`` h3, h4, p, ul or ol; ``level`` is how deep a list lies."""

    kind: str
    level: int = 0
    runs: list = field(default_factory=list)  # (text, frozenset of marks); "\n" is a line break


class _Reader(HTMLParser):
    """Reads what nh3 let through into blocks, whatever the nesting."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks, self.lists, self.marks, self.block = [], [], [], None

    def _open(self, kind, level=0):
        self.block = Block(kind, level)
        self.blocks.append(self.block)

    def handle_starttag(self, tag, attrs):
        if tag in LISTS:
            self.lists.append(tag)
            self.block = None
        elif tag == "li":
            self._open(self.lists[-1] if self.lists else "ul", max(len(self.lists), 1))
        elif tag in HEADINGS:
            self._open(HEADINGS[tag])
        elif tag in MARKS:
            self.marks.append(MARKS[tag])
        elif tag == "br":
            self._text("\n")
        elif not self.lists:
            self.block = None
        elif self.block is not None and self.block.runs:
            self._text("\n")

    def handle_endtag(self, tag):
        if tag in LISTS and self.lists:
            self.lists.pop()
            self.block = None
        elif tag in MARKS and MARKS[tag] in self.marks:
            self.marks.reverse()
            self.marks.remove(MARKS[tag])
            self.marks.reverse()
        elif tag == "li" or tag in HEADINGS or (tag not in MARKS and tag not in ("br", *LISTS) and not self.lists):
            self.block = None

    def _text(self, text):
        if self.block is None:
            self._open(self.lists[-1] if self.lists else "p", len(self.lists))
        self.block.runs.append((text, frozenset(self.marks)))

    def handle_data(self, data):
        text = SPACE.sub(" ", data)
        if text != " " or self.block is not None:
            self._text(text)


def _tidy(runs):
    """The runs with neighbours of the same marks joined, spaces single, and none at either end of a line."""
    joined = []
    for text, marks in runs:
        if joined and joined[-1][1] == marks:
            joined[-1] = (joined[-1][0] + text, marks)
        elif text:
            joined.append((text, marks))
    out, before = [], "\n"
    for text, marks in joined:
        text = re.sub(r" *\n *", "\n", re.sub(r"[^\S\n]+", " ", text))
        if before[-1] in " \n":
            text = text.lstrip(" ")
        if before[-1] == " " and text.startswith("\n"):
            out[-1] = (out[-1][0].rstrip(" "), out[-1][1])
        if text:
            out.append((text, marks))
            before = text
    while out and not out[-1][0].rstrip():
        out.pop()
    while out and not out[0][0].strip():
        out.pop(0)
    if out:
        out[0] = (out[0][0].lstrip(), out[0][1])
        out[-1] = (out[-1][0].rstrip(), out[-1][1])
    return [(text, marks) for text, marks in out if text]


def is_rich(text):
    """Whether the text is HTML: it begins with a block, as every text of the editor does."""
    return bool(RICH.match(text))


def read(text):
    """The blocks of a text: of HTML after nh3 has taken out what does not belong, else of typed lines."""
    text = wording.clean(text or "").replace("\r\n", "\n").replace("\r", "\n")
    if not is_rich(text):
        return typed(text)
    reader = _Reader()
    reader.feed(nh3.clean(text, tags=set(READ), attributes={}, link_rel=None))
    reader.close()
    for block in reader.blocks:
        block.runs = _tidy(block.runs)
    return _levels([block for block in reader.blocks if block.runs])


def _levels(blocks):
    """No entry lies more than one level below the one before it, nor deeper than two."""
    depth = 0
    for block in blocks:
        if block.kind not in LISTS:
            depth = 0
            continue
        block.level = depth = min(block.level, depth + 1, 2)
    return blocks


# --- to HTML --------------------------------------------------------------------------------------------


def _inline(runs):
    parts, open_marks = [], []
    for text, marks in runs:
        while open_marks and not marks >= set(open_marks):
            parts.append(f"</{open_marks.pop()}>")
        for mark in ("strong", "em"):
            if mark in marks and mark not in open_marks:
                open_marks.append(mark)
                parts.append(f"<{mark}>")
        parts.append("<br>".join(html.escape(line, quote=False) for line in text.split("\n")))
    parts += [f"</{mark}>" for mark in reversed(open_marks)]
    return "".join(parts)


def write(blocks):
    """Canonical HTML of blocks. A deeper list stands inside the entry above it."""
    parts, open_lists = [], []

    def shut(to):
        while len(open_lists) > to:
            parts.append(f"</li></{open_lists.pop()}>")

    for block in blocks:
        if block.kind not in LISTS:
            shut(0)
            parts.append(f"<{block.kind}>{_inline(block.runs)}</{block.kind}>")
            continue
        shut(block.level)
        if len(open_lists) == block.level and open_lists[-1] != block.kind:
            shut(block.level - 1)
        if len(open_lists) == block.level:
            parts.append("</li>")
        else:
            open_lists.append(block.kind)
            parts.append(f"<{block.kind}>")
        parts.append(f"<li>{_inline(block.runs)}")
    shut(0)
    return "".join(parts)


# --- to lines, and from what was typed without a script --------------------------------------------------


def _numbered(blocks):
    """Each block with the number that its entry bears in a numbered list (0 elsewhere)."""
    counts = {}
    for block in blocks:
        if block.kind not in LISTS:
            counts = {}
            yield block, 0
            continue
        counts = {level: said for level, said in counts.items() if level <= block.level}
        kind, n = counts.get(block.level, ("", 0))
        counts[block.level] = (block.kind, n + 1 if kind == block.kind else 1)
        yield block, counts[block.level][1] if block.kind == "ol" else 0


def lines(blocks):
    """One line of words for each block, entries of lists with their sign."""
    out = []
    for block, number in _numbered(blocks):
        words = "".join(text for text, _marks in block.runs)
        sign = "  " * (block.level - 1) + (f"{number}. " if number else "- ") if block.kind in LISTS else ""
        out.append(sign + words)
    return out


SIGNS = {"h3": "# ", "h4": "## "}
TYPED = re.compile(r"(?P<pad> *)(?:(?P<h4>##+ )|(?P<h3># )|(?P<ul>[-*•] )|(?P<ol>\d{1,3}[.)] ))(?P<rest>.*\S.*)")
BOLD = re.compile(r"\*\*(\S(?:[^*\n]*\S)?)\*\*|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])")


def as_typed(blocks):
    """The text as one types it in a plain field: "# " a heading, "- " and "1. " entries, **bold**, *slanted*."""
    parts, before = [], None
    for block, number in _numbered(blocks):
        words = ""
        for text, marks in block.runs:
            sign = ("**" if "strong" in marks else "") + ("*" if "em" in marks else "")
            inner = text.strip()
            words += text.replace(inner, f"{sign}{inner}{sign[::-1]}", 1) if sign and inner else text
        if block.kind in LISTS:
            words = "  " * (block.level - 1) + (f"{number}. " if number else "- ") + words
        else:
            words = SIGNS.get(block.kind, "") + words
        close = before is not None and before.kind in LISTS and block.kind in LISTS
        parts.append(("\n" if close else "\n\n" if before is not None else "") + words)
        before = block
    return "".join(parts)


def _marked(text):
    runs, at = [], 0
    for found in BOLD.finditer(text):
        runs.append((text[at : found.start()], frozenset()))
        runs.append((found[1] or found[2], frozenset({"strong" if found[1] else "em"})))
        at = found.end()
    return _tidy([*runs, (text[at:], frozenset())])


def typed(text):
    """Blocks of what was typed into a plain field: an empty line parts paragraphs, a single one only lines."""
    blocks, fresh = [], True
    for line in text.split("\n"):
        if not line.strip():
            fresh = True
            continue
        sign = TYPED.fullmatch(line)
        kind = next((kind for kind in ("h3", "h4", "ul", "ol") if sign and sign[kind]), "p")
        rest = sign["rest"] if sign else line
        if kind == "p" and not fresh and blocks and blocks[-1].kind == "p":
            blocks[-1].runs.append(("\n", frozenset()))
            blocks[-1].runs += _marked(rest)
        else:
            level = 1 + (len(sign["pad"]) >= 2) if kind in LISTS else 0
            blocks.append(Block(kind, level, _marked(rest)))
        fresh = kind in ("h3", "h4")
    for block in blocks:
        block.runs = _tidy(block.runs)
    return _levels([block for block in blocks if block.runs])
