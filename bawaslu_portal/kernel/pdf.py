"""Papers as PDF: the one place that knows WeasyPrint, and it is imported inside functions only (0.7 to 1.4 s).

``render(template, context)`` turns a template and frozen values into bytes. The same values give the same
bytes: no clock, no random identifier, no language of the reader. What makes it fast is kept per process:
the parsed stylesheets, the fonts, the decoded logos, and a garbage collector that only runs between papers.
"""

import contextlib
import ctypes
import functools
import gc
import logging
import mimetypes
import resource
import signal
import threading
import time
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import wording

SECONDS = 45  # for one paper, below the lease of its job; at 200 ms a page about 200 pages
MEMORY = 768 * 1024 * 1024  # bytes of address space above what the process holds already
IMAGES = 32  # decoded images kept per process
RECHECK = {True: 600, False: 15}  # seconds until available() looks again: when all is there, when something is missing
INSTALL = (
    "apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2 fonts-texgyre"
)
FONTS = ("TeX Gyre Bonum", "TeX Gyre Heros Cn")
LIBRARIES = {  # what the pinned WeasyPrint opens, by the names that it tries on Linux and macOS
    "GObject": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "HarfBuzz-Subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "Fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
}
PAPERS = {"A4": (210, 297), "F4": (210, 330)}  # millimetres


class PdfError(Exception):
    """A paper could not be made; the message says why."""


class PdfUnavailable(PdfError):
    """A part of the system is missing (Pango, a font): no attempt was made, and the message has the line to type."""


class RenderTimeout(PdfError):
    """The paper took longer than its time."""


class RenderTooLarge(PdfError):
    """The paper wanted more memory than it may have."""


class RenderFailed(PdfError):
    """The paper is not well-formed, or asked for something that it may not reach or that cannot be read."""


class _Alarm(BaseException):
    """Raised inside the engine when time is up; no ``except Exception`` of the engine holds it."""


# --- what must be installed ----------------------------------------------------------------------------


def _library(names):
    for name in names:
        with contextlib.suppress(OSError):
            return ctypes.CDLL(name)
    return None


def _families(fontconfig):
    """The families of FONTS that Fontconfig knows now; it reads its configuration afresh each time."""
    for name in ("FcInitLoadConfigAndFonts", "FcPatternCreate", "FcObjectSetCreate", "FcFontList"):
        getattr(fontconfig, name).restype = ctypes.c_void_p
    pointer = ctypes.c_void_p
    configuration = pointer(fontconfig.FcInitLoadConfigAndFonts())
    found = set()
    for family in FONTS:
        pattern, objects = pointer(fontconfig.FcPatternCreate()), pointer(fontconfig.FcObjectSetCreate())
        fontconfig.FcPatternAddString(pattern, b"family", family.encode())
        fonts = fontconfig.FcFontList(configuration, pattern, objects)
        if ctypes.cast(fonts, ctypes.POINTER(ctypes.c_int))[0]:  # the first field of FcFontSet is the number of fonts
            found.add(family)
        fontconfig.FcFontSetDestroy(pointer(fonts))
        fontconfig.FcObjectSetDestroy(objects)
        fontconfig.FcPatternDestroy(pattern)
    fontconfig.FcConfigDestroy(configuration)
    return found


def _missing():
    """The names of the libraries and fonts that cannot be found now."""
    libraries = {name: _library(names) for name, names in LIBRARIES.items()}
    missing = [name for name, library in libraries.items() if library is None]
    if libraries["Fontconfig"] is not None:
        families = _families(libraries["Fontconfig"])
        missing += [family for family in FONTS if family not in families]
    return missing


_seen = {"at": None, "missing": []}
_seen_lock = threading.Lock()


def available(fresh=False):
    """None when papers can be made, else a sentence that names what is missing and the line to type.

    Cheap: the answer is kept for ten minutes when all is there and for fifteen seconds when not, so that
    papers are made soon after Pango was installed, without a restart. ``fresh`` asks anew.
    """
    with _seen_lock:
        age = None if _seen["at"] is None else time.monotonic() - _seen["at"]
        if fresh or age is None or age > RECHECK[not _seen["missing"]]:
            _seen.update(missing=_missing(), at=time.monotonic())
        missing = list(_seen["missing"])
    if not missing:
        return None
    return _("Naskah PDF belum dapat dibuat: %(missing)s tidak ditemukan. Ketik: %(line)s") % {
        "missing": ", ".join(missing),
        "line": INSTALL,
    }


# --- the engine, once per process -----------------------------------------------------------------------


def locate(url):
    """The file behind ``static:<path>`` or ``storage:<sha256>``. Raises ValueError for every other address."""
    scheme, _colon, rest = url.partition(":")
    if scheme == "static":
        root = Path(settings.BASE_DIR, "static").resolve()
        path = (root / rest).resolve()
        if root in path.parents and path.is_file():
            return path
    elif scheme == "storage":
        from bawaslu_portal.kernel import documents

        path = documents.path_of(rest)
        if path.is_file():
            return path
    raise ValueError(f"A paper may not reach {url[:200]!r}.")


@functools.cache
def _engine():
    """The engine with everything that is worth keeping: classes, sheets, fonts, images."""
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # it tells every page at INFO
    from types import SimpleNamespace

    from cssselect2 import ElementWrapper
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):
        """Reaches static/ and the storage, nothing else: no net, no other file, no data: address."""

        def __init__(self):
            super().__init__(allowed_protocols=("static", "storage"), allow_redirects=False, fail_on_errors=True)

        def fetch(self, url, headers=None):
            path = locate(url)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    sheets = Path(settings.BASE_DIR, "static", "css")
    fonts, fetcher = FontConfiguration(), Fetcher()
    own = CSS(filename=sheets / "ua.css", url_fetcher=fetcher)

    class Paper(HTML):
        """A document whose tree comes from expat and whose default sheet is ours.

        ``_ua_stylesheets`` is the only private name of the engine that is used; a test holds it to the pinned
        version.
        """

        def __init__(self, root):
            self.base_url, self.url_fetcher, self.media_type = "static:", fetcher, "print"
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

        def _ua_stylesheets(self, forms=False):
            return [own]

    paper = CSS(filename=sheets / "paper.css", url_fetcher=fetcher, font_config=fonts)
    gc.collect()
    gc.freeze()
    return SimpleNamespace(Paper=Paper, sheets=[paper], fonts=fonts, images={}, fatal=FatalURLFetchingError)


# --- bounds ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _within(seconds):
    """Stop what runs inside after ``seconds``, by SIGALRM; outside the main thread Python has no such signal.

    The alarm repeats, because the engine swallows exceptions in a few places; an earlier handler and an
    earlier timer are put back with the time that is left to them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    rang, armed = [], [True]

    def ring(signum, frame):
        rang.append(signum)
        if armed:
            raise _Alarm

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
        armed.clear()
    except _Alarm:
        armed.clear()
    finally:
        armed.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 0.001), interval)
    if rang:
        raise RenderTimeout(_("Naskah tidak selesai dalam %(seconds)s detik.") % {"seconds": seconds})


def _in_worker():
    """Whether this is a task of a worker: only there may the address space of the process be bounded."""
    from celery import current_task

    return bool(current_task)


@contextlib.contextmanager
def _bounded(memory):
    """Let the process take ``memory`` bytes of address space more than it holds, and no more; None is no bound."""
    statm = Path("/proc/self/statm")
    if memory is None or not statm.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = int(statm.read_text().split()[0]) * resource.getpagesize() + memory
    bounds = [bound, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(bounds), hard))
    try:
        yield
    except MemoryError as error:
        raise RenderTooLarge(_("Naskah terlalu besar untuk dibuat.")) from error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class _Complaints(logging.Handler):
    """What the engine only logs as an error (an image that cannot be read) and we do not accept in silence."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


@contextlib.contextmanager
def _watched():
    """Quiet collector and open ears while the engine works. Raises RenderFailed with the engine's first complaint."""
    ears, logger, collecting = _Complaints(), logging.getLogger("weasyprint"), gc.isenabled()
    logger.addHandler(ears)
    gc.disable()
    try:
        yield
    finally:
        logger.removeHandler(ears)
        if collecting:
            gc.enable()
        gc.collect()
    if ears.messages:
        raise RenderFailed(ears.messages[0][:500])


# --- the one door ---------------------------------------------------------------------------------------


def markup(template, context, *, paper="A4"):
    """The XHTML of a paper: the template in Indonesian, without localised numbers, cleaned of what XML cannot hold."""
    if paper not in PAPERS:
        raise ValueError(f"{paper!r} is no paper size; there are {', '.join(PAPERS)}.")
    with translation.override("id"):
        text = get_template(template).template.render(Context({**context, "paper": paper}, use_l10n=False))
    return wording.clean(text)


def render(template, context, *, paper="A4", seconds=SECONDS, memory=None):
    """The bytes of a PDF (made as PDF/A-3u) from a template of well-formed XHTML and frozen values.

    ``paper`` is A4 or F4 (210 x 330 mm). ``seconds`` bounds the time, in the main thread of a process;
    ``memory`` bounds the bytes of address space above what the process holds (in a worker's task the default
    is MEMORY, elsewhere none, since the bound holds for the whole process).
    Raises PdfUnavailable, RenderTimeout, RenderTooLarge and RenderFailed, all of them PdfError.
    """
    if missing := available():
        raise PdfUnavailable(missing)
    xhtml = markup(template, context, paper=paper)
    try:
        root = ElementTree.fromstring(xhtml)  # noqa: S314 - our own template; what was typed is escaped in it
    except ElementTree.ParseError as error:
        raise RenderFailed(f"{template}: {error}") from error
    engine = _engine()
    if len(engine.images) > IMAGES:
        engine.images.clear()
    if memory is None and _in_worker():
        memory = MEMORY
    try:
        with _bounded(memory), _watched(), _within(seconds):
            return engine.Paper(root).write_pdf(
                stylesheets=engine.sheets,
                font_config=engine.fonts,
                cache=engine.images,
                pdf_variant="pdf/a-3u",
            )
    except engine.fatal as error:
        raise RenderFailed(str(error.__cause__ or error)) from error
