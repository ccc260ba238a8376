"""Long texts: cleaned, shown, compared, and saved by themselves so that nothing typed is lost.

A text is HTML of a few tags (``clean``). What goes on a page or a paper goes through ``render``, the one place that
may say of a string that it is safe. ``save`` keeps every state that was saved over, and every text that was refused
because someone else had saved first (``TextCopy``).
"""

import datetime
import difflib
import re
from dataclasses import dataclass

import nh3
from django.utils.safestring import mark_safe

from . import clock, prose
from .models.texts import TextCopy

# A new copy begins when the same open page goes on after so long, or takes away so much of what stood there.
RUN = datetime.timedelta(minutes=10)
KEPT = 0.6


def clean(html):
    """``html`` in its canonical form: h3, h4, p, ul, ol, li, strong, em and br, without any attribute; "" for nothing.

    Plain text, as typed without a script or written by an earlier record, becomes paragraphs. Cleaning twice changes
    nothing.
    """
    return nh3.clean(prose.write(prose.read(html)), tags=set(prose.TAGS), attributes={}, link_rel=None)


def render(html):
    """The text for a template: cleaned again, well-formed also as XML, not escaped."""
    return mark_safe(clean(html).replace("<br>", "<br/>"))  # noqa: S308 - cleaned in this very line


def plain(html):
    """The words alone, a line for each paragraph, heading and entry of a list."""
    return "\n".join(prose.lines(prose.read(html)))


def as_typed(html):
    """The text for a plain field, from which ``clean`` makes the same text again."""
    return prose.as_typed(prose.read(html))


# --- what changed ---------------------------------------------------------------------------------------

SAME, ADDED, REMOVED = "same", "added", "removed"
TOKEN = re.compile(r"\n+|[^\s]+[^\S\n]*|[^\S\n]+")


def difference(old, new):
    """How ``new`` differs from ``old``, word by word: [(op, text)], op one of same, added, removed.

    The texts of all but the removed parts, put together, are the words of ``new``; paragraphs keep their line breaks.
    """
    before, after = TOKEN.findall(plain(old)), TOKEN.findall(plain(new))
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    parts = [(SAME, before[:head])]
    for op, a, b, c, d in difflib.SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
        if op == "equal":
            parts.append((SAME, middle[0][a:b]))
        else:
            parts += [(REMOVED, middle[0][a:b]), (ADDED, middle[1][c:d])]
    parts.append((SAME, before[len(before) - tail :] if tail else []))
    out = []
    for op, words in parts:
        text = "".join(words)
        if text and out and out[-1][0] == op:
            out[-1] = (op, out[-1][1] + text)
        elif text:
            out.append((op, text))
    return out


# --- saving ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """What became of a save: the ``version`` that now stands; ``refused`` is the copy kept of a text that was based
    on an older one; ``continues`` when the same page only went on with its text."""

    version: int
    refused: TextCopy | None = None
    continues: bool = False


def _kind(thing):
    return f"{thing._meta.app_label}.{thing._meta.model_name}"


def _copies(thing, field):
    return TextCopy.objects.filter(about=thing.uuid, field=field)


def _keep(thing, field, *, fate, body, version, page, step, by):
    return TextCopy.objects.create(
        organisation_id=thing.organisation_id,
        about_kind=_kind(thing),
        about=thing.uuid,
        field=field,
        fate=fate,
        body=body,
        version=version,
        page=page,
        step=step,
        by=by,
        at=clock.now(),
    )


def _go_on(copy, **values):
    for name, value in values.items():
        setattr(copy, name, value)
    copy.save(update_fields=list(values))
    return copy


def _refuse(thing, field, *, by, body, version, page, step, formerly):
    """Keep a text that came too late; later ones of the same open page take the place of the earlier."""
    mine = [one for one in refused_of(thing, field) if one.by_id == by.pk]
    same = [one for one in mine if one.body == body or (page and one.page in (page, formerly))]
    if not same:
        return Saved(
            getattr(thing, f"{field}_version"),
            _keep(thing, field, fate="refused", body=body, version=version, page=page, step=step, by=by),
        )
    copy = same[-1]
    if copy.page != page or step == 0 or step > copy.step:
        _go_on(copy, body=body, page=page, step=step)
    return Saved(getattr(thing, f"{field}_version"), copy, continues=True)


def save(thing, field, *, by, body, version, page=None, step=0, formerly=None, settles=None):
    """Save ``body`` as the text ``field`` of the locked row ``thing``, which was read at ``version``. Gives Saved.

    The row carries ``<field>``, ``<field>_version``, ``<field>_at`` and ``<field>_page``. A later save of the same
    open ``page`` (a UUID; ``formerly`` where it was opened again) is no conflict: on a slow line the answer with the
    new version only came late. ``step`` counts the saves of a page, so that one that was overtaken on the way does
    not undo the later. A text based on an older version of someone else is not saved but kept (``refused``); it
    returns and does not raise, since a raise would lose the copy. ``settles`` is the UUID of a refused copy that
    this text takes up.
    """
    body, version = clean(body), int(version)
    stands, stood_page = getattr(thing, f"{field}_version"), getattr(thing, f"{field}_page")
    same_page = page is not None and stood_page in {page, formerly} - {None}
    last = _copies(thing, field).filter(fate="saved").order_by("-id").first()
    if same_page and stood_page == page and step and last and last.page == page and step <= last.step:
        return Saved(stands, continues=True)
    if body == getattr(thing, field):
        settle(thing, field, settles)
        return Saved(stands, continues=True)
    if version != stands and not same_page:
        return _refuse(thing, field, by=by, body=body, version=version, page=page, step=step, formerly=formerly)
    old = getattr(thing, field)
    if last is None and old:  # it was there before anyone saved by this door
        _keep(thing, field, fate="saved", body=old, version=stands, page=None, step=0, by=by)
    for name, value in (("", body), ("_version", stands + 1), ("_at", clock.now()), ("_page", page)):
        setattr(thing, f"{field}{name}", value)
    thing.save(update_fields=[field, f"{field}_version", f"{field}_at", f"{field}_page"])
    settle(thing, field, settles)
    goes_on = same_page and last and last.by_id == by.pk and last.page == stood_page and clock.now() - last.at < RUN
    if goes_on and len(body) >= KEPT * len(last.body):
        _go_on(last, body=body, version=stands + 1, page=page, step=step)
        return Saved(stands + 1, continues=True)
    _keep(thing, field, fate="saved", body=body, version=stands + 1, page=page, step=step, by=by)
    return Saved(stands + 1)


def settle(thing, field, uuid):
    """The refused copy ``uuid`` of this text is settled: taken up or set aside. It is kept all the same."""
    if uuid:
        _copies(thing, field).filter(uuid=uuid, fate="refused", settled_at=None).update(settled_at=clock.now())


def refused_of(thing, field):
    """The texts of this field that were refused and not settled, the oldest first."""
    return list(_copies(thing, field).filter(fate="refused", settled_at=None).select_related("by"))


def refused_among(things, field):
    """{uuid: [refused copies]} of several rows by one query."""
    found = {}
    copies = TextCopy.objects.filter(
        about__in=[thing.uuid for thing in things], field=field, fate="refused", settled_at=None
    )
    for copy in copies.select_related("by"):
        found.setdefault(copy.about, []).append(copy)
    return found


def versions_of(thing, field):
    """Every state of the text that is kept, the newest first, refused ones among them."""
    return list(_copies(thing, field).select_related("by").order_by("-id"))


def last_writers(things, field, since):
    """{uuid: newest saved or refused copy} of the rows whose text was written after ``since``, by one query."""
    rows = [thing for thing in things if getattr(thing, f"{field}_at") and getattr(thing, f"{field}_at") >= since]
    copies = TextCopy.objects.filter(about__in=[r.uuid for r in rows], field=field, fate="saved")
    return {copy.about: copy for copy in copies.select_related("by").order_by("id")} if rows else {}
