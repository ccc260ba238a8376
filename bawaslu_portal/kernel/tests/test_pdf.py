"""The one place that makes PDF: what it reaches, what stops it, what comes out."""

import ast
import copy
import inspect
import io
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pypdf
import pytest
from django.conf import settings
from PIL import Image

from bawaslu_portal.kernel import documents, pdf

PAGE = """<html lang="id"><head><title>{{ title }}</title>
<meta name="dcterms.created" content="2026-11-09T14:02:00+08:00"/></head><body>%s</body></html>"""


@pytest.fixture
def pango():
    """Tests that need the system's libraries: skipped with the reason that the portal itself gives."""
    missing = pdf.available()
    if missing:
        pytest.skip(missing)


@pytest.fixture
def paper(settings, tmp_path):
    """A function that renders a body given as text."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path]

    def make(body, context=None, **options):
        (tmp_path / "paper.html").write_text(PAGE % body)
        settings.TEMPLATES = copy.deepcopy(templates)  # a new loader, for it keeps what it has read
        return pdf.render("paper.html", {"title": "Naskah uji", **(context or {})}, **options)

    return make


def text_of(content):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


# --- what must be installed ---


@pytest.fixture
def unseen(monkeypatch):
    """As in a process that has not asked yet."""
    monkeypatch.setattr(pdf, "_seen", {"at": None, "missing": []})


def test_a_missing_library_is_named_with_the_line_to_type(unseen, monkeypatch):
    monkeypatch.setitem(pdf.LIBRARIES, "Pango", ("libno-such-pango.so.0",))
    sentence = pdf.available()
    assert "Pango" in sentence
    assert "apt-get install" in sentence
    assert "libpangoft2-1.0-0" in sentence


def test_a_missing_font_is_named(unseen, monkeypatch, pango):
    monkeypatch.setattr(pdf, "FONTS", (*pdf.FONTS, "No Such Face"))
    assert "No Such Face" in pdf.available(fresh=True)


def test_what_is_missing_is_looked_for_again_soon_and_what_is_there_seldom(unseen, monkeypatch):
    asked = []
    monkeypatch.setattr(pdf, "_missing", lambda: asked.append(1) or ["Pango"])
    pdf.available()
    pdf.available()
    assert len(asked) == 1
    pdf._seen["at"] -= 16
    monkeypatch.setattr(pdf, "_missing", lambda: asked.append(1) or [])
    assert pdf.available() is None
    pdf._seen["at"] -= 16
    assert pdf.available() is None
    assert len(asked) == 2


def test_without_pango_nothing_is_attempted(unseen, monkeypatch, paper):
    monkeypatch.setattr(pdf, "_missing", lambda: ["Pango"])
    with pytest.raises(pdf.PdfUnavailable, match="apt-get install"):
        paper("<p>x</p>")


# --- what comes out ---


def test_the_file_names_itself_its_language_its_kind_and_its_time(pango, paper):
    with pikepdf.open(io.BytesIO(paper("<h1>Judul</h1>"))) as file:
        assert str(file.Root.Lang) == "id"
        assert str(file.docinfo["/Title"]) == "Naskah uji"
        assert str(file.docinfo["/CreationDate"]) == "D:20261109140200+08'00"
        with file.open_metadata() as xmp:
            assert xmp["pdfaid:part"] == "3"
            assert xmp["pdfaid:conformance"] == "U"
            assert xmp["dc:title"] == "Naskah uji"


@pytest.mark.parametrize(("size", "millimetres"), pdf.PAPERS.items())
def test_paper_sizes(pango, paper, size, millimetres):
    body = '<div class="{% if paper == "F4" %}f4{% endif %}"><p>x</p></div>'
    box = pypdf.PdfReader(io.BytesIO(paper(body, paper=size))).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == millimetres


def test_another_paper_size_is_refused(pango, paper):
    with pytest.raises(ValueError, match="A4, F4"):
        paper("<p>x</p>", paper="Letter")


def test_the_same_values_give_the_same_bytes_also_in_another_process(pango, paper, tmp_path):
    first = paper("<p>Sama &#8211; {{ n }}</p>", {"n": 2026})
    assert paper("<p>Sama &#8211; {{ n }}</p>", {"n": 2026}) == first
    script = (
        "import django, hashlib, sys; django.setup()\n"
        "from django.conf import settings\n"
        f"settings.TEMPLATES[0]['DIRS'] = [{str(tmp_path)!r}]\n"
        "from bawaslu_portal.kernel import pdf\n"
        "sys.stdout.buffer.write(pdf.render('paper.html', {'title': 'Naskah uji', 'n': 2026}))\n"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "bawaslu_portal.settings", "PYTHONHASHSEED": "7", "PORTAL_TESTS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env={**_environment(), **environment}, capture_output=True, check=True
    )
    assert done.stdout == first


def _environment():
    import os

    return {**os.environ, "LANG": "C", "TZ": "Asia/Jayapura"}


def test_the_reader_s_language_and_thousands_do_not_matter(pango, paper):
    from django.utils import translation

    with translation.override("en"):
        assert "2026" in text_of(paper("<p>{{ n }}</p>", {"n": 2026}))


def test_hostile_text_is_text(pango, paper):
    hostile = "<script>&\"'\x00\x08\u202e" + "kata" * 200 + "]]>"
    assert "<script>&\"'kata" in text_of(paper('<p title="{{ t }}">{{ t }}</p>', {"t": hostile})).replace(" ", "")


def test_a_template_that_is_not_well_formed_fails_loudly(pango, paper):
    with pytest.raises(pdf.RenderFailed, match=r"paper\.html"):
        paper("<p>open<br></p>")


# --- what it reaches ---


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/x.png",
        "https://contoh.go.id/x.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://127.0.0.1/x",
        "static:../manage.py",
        "static:/etc/passwd",
        "storage:../../etc/passwd",
        "storage:" + "0" * 64,
        "css/paper.css",
    ],
)
@pytest.mark.parametrize("body", ['<img src="%s" alt=""/>', '<link rel="attachment" href="%s"/>'])
def test_it_reaches_nothing_but_static_files_and_the_storage(pango, paper, address, body):
    with pytest.raises(pdf.RenderFailed):
        paper(body % address)


def test_an_image_cannot_reach_further_either(pango, paper):
    inner = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>'
    sha256 = documents.write_bytes(inner.encode())
    with pytest.raises(pdf.RenderFailed):
        paper(f'<img src="storage:{sha256}" alt=""/>')


def test_a_logo_comes_from_the_storage(pango, paper):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "#7a1f1f").save(buffer, "PNG")
    sha256 = documents.write_bytes(buffer.getvalue())
    content = paper(f'<img src="storage:{sha256}" alt=""/>')
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages[0].images) == 1


def test_a_logo_that_cannot_be_read_is_not_left_out_in_silence(pango, paper):
    sha256 = documents.write_bytes(b"no image at all")
    with pytest.raises(pdf.RenderFailed, match="image"):
        paper(f'<img src="storage:{sha256}" alt=""/>')


def test_static_files_are_reached():
    assert pdf.locate("static:css/paper.css").name == "paper.css"


# --- what stops it ---


LONG = "<table>" + "<tr><td>kata kata kata</td></tr>" * 4000 + "</table>"


def test_the_alarm_stops_a_render_and_puts_everything_back(pango, paper):
    paper("<p>x</p>")
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        began = time.monotonic()
        with pytest.raises(pdf.RenderTimeout):
            paper(LONG, seconds=0.3)
        assert time.monotonic() - began < 3
        left, _interval = signal.getitimer(signal.ITIMER_REAL)
        assert 50 < left < 60
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.raise_signal(signal.SIGALRM)
        assert rung == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert text_of(paper("<p>sesudahnya</p>")).startswith("sesudahnya")


def test_memory_is_bounded_and_the_bound_is_lifted_again(pango):
    """In a process of its own, since the bound holds for the whole process."""
    script = (
        "import django, resource; django.setup()\n"
        "from bawaslu_portal.kernel import pdf\n"
        "before = resource.getrlimit(resource.RLIMIT_AS)\n"
        "with pdf._bounded(64 * 1024 * 1024):\n"
        "    bytearray(8 * 1024 * 1024)\n"
        "try:\n"
        "    with pdf._bounded(64 * 1024 * 1024):\n"
        "        bytearray(256 * 1024 * 1024)\n"
        "except pdf.RenderTooLarge as error:\n"
        "    print('bounded', error)\n"
        "assert resource.getrlimit(resource.RLIMIT_AS) == before\n"
    )
    environment = {**_environment(), "DJANGO_SETTINGS_MODULE": "bawaslu_portal.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("bounded")


def test_only_a_worker_s_task_bounds_the_process(pango, paper, monkeypatch):
    bounds = []
    monkeypatch.setattr(pdf.resource, "setrlimit", lambda *arguments: bounds.append(arguments))
    paper("<p>x</p>")
    assert bounds == []
    monkeypatch.setattr(pdf, "_in_worker", lambda: True)
    paper("<p>y</p>")
    assert len(bounds) == 2
    assert bounds[1] == (resource.RLIMIT_AS, resource.getrlimit(resource.RLIMIT_AS))


def test_a_task_knows_that_it_is_one():
    from celery._state import _task_stack

    assert not pdf._in_worker()
    _task_stack.push(type("Task", (), {"name": "kernel.run_job"})())
    try:
        assert pdf._in_worker()
    finally:
        _task_stack.pop()


# --- the engine is pinned, and one private name of it is used ---


def test_the_private_name_is_still_the_engine_s(pango, paper, monkeypatch):
    import weasyprint

    locked = re.search(r"^weasyprint==(\S+)", Path("requirements.txt").read_text(), re.MULTILINE)
    assert weasyprint.__version__ == locked[1]
    assert str(inspect.signature(weasyprint.HTML._ua_stylesheets)) == "(self, forms=False)"
    asked, engine = [], pdf._engine()
    ours = engine.Paper._ua_stylesheets
    monkeypatch.setattr(engine.Paper, "_ua_stylesheets", lambda self, forms=False: asked.append(1) or ours(self, forms))
    paper("<p>x</p>")
    assert asked


def test_one_file_imports_the_engine_and_only_inside_functions():
    found = []
    for path in Path(settings.BASE_DIR).glob("*/**/*.py"):
        if ".venv" in path.parts or "tests" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] == "weasyprint" for name in names):
                found.append((path.name, node in tree.body))
    assert set(found) == {("pdf.py", False)}


def test_sheets_and_fonts_are_kept(pango, paper):
    paper("<p>x</p>")
    engine = pdf._engine()
    paper("<p>y</p>")
    assert pdf._engine() is engine
