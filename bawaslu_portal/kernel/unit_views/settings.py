"""The dated settings of a unit, and its letterhead with the logo."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .. import catalogue, clock, documents, forms, organisations, permissions, settings_store
from ..models.documents import StoredFile
from ..models.organisations import Setting
from ..templatetags.portal import hour
from ..unit_forms import LetterheadForm, SettingForm
from ..unit_forms.unit import WEEKDAYS, shown
from .base import attempt, fetch_own, fetch_unit

LOGO = "letterhead.logo"


def words(spec, value, unit):
    """The value of a setting in plain words; an hour with the zone of the unit."""
    if spec.type == "time" and value:
        return hour(shown(spec, value), unit)
    if spec.type == "flag":
        return _("Ya") if value else _("Tidak")
    if spec.type == "choice":
        return str(dict(spec.choices).get(value, value))
    if spec.type == "weekday":
        return str(dict(WEEKDAYS).get(value, value))
    if spec.type == "lines":
        return " / ".join(value)
    if spec.type == "file":
        return _("ada") if value else _("belum ada")
    return "" if value is None else str(value)


def _standing(user, unit, specs, today):
    """({key: row that holds in the unit}, {key: row that is to}, {key: rows of what it instructs those below})."""
    ordered = {spec.key for spec in specs if spec.from_above}
    holding, coming, instructed = settings_store.instructions(unit, ordered, today), {}, {}
    for row in Setting.objects.visible_to(user).filter(organisation=unit).order_by("-since", "-id"):
        if row.key in ordered:
            told = instructed.setdefault(row.key, [])
            if row.since > today or not any(one.since <= today for one in told):
                told.insert(0, row)  # what holds below first, then what is to hold
        elif row.since <= today:
            holding.setdefault(row.key, row)
        else:
            coming[row.key] = row
    return holding, coming, instructed


@require_GET
def settings(request, code):
    """Every setting by group: what holds today, since when, and where the rule stands."""
    unit = fetch_unit(request, code, permissions.sees_unit_people)
    today = clock.today(unit)
    specs = catalogue.setting_specs()
    values = settings_store.values(unit, [spec.key for spec in specs])
    holding, coming, instructed = _standing(request.user, unit, specs, today)
    groups = {}
    for spec in specs:
        row, later, below = holding.get(spec.key), coming.get(spec.key), instructed.get(spec.key, ())
        groups.setdefault(str(spec.group), []).append(
            {
                "spec": spec,
                "value": words(spec, values[spec.key], unit),
                "since": row.since if row else None,
                "source": row.source if row else spec.source,
                "given_by": row.organisation.name if row and spec.from_above else "",
                "later": words(spec, later.value, unit) if later else "",
                "later_since": later.since if later else None,
                "below": [(one, words(spec, one.value, unit)) for one in below if one != row],
                "url": reverse("kernel:letterhead", args=[code])
                if spec.key.startswith("letterhead.")
                else reverse("kernel:setting", args=[code, spec.key]),
            }
        )
    return render(
        request,
        "kernel/settings.html",
        {
            "unit": unit,
            "groups": groups,
            "may_change": permissions.changes_unit(request.user, unit),
            "own": len(holding),
            "total": len(specs),
        },
    )


def setting(request, code, key):
    """One setting: what holds, what held before, and a form for the next value."""
    unit = fetch_unit(request, code, permissions.sees_unit_people)
    if key not in {spec.key for spec in catalogue.setting_specs() if spec.type != "file"}:
        raise Http404
    if request.method == "POST":
        fetch_own(request, code)
    spec = catalogue.setting_spec(key)
    instructs = spec.from_above and settings_store.instructs(unit)
    obeys = spec.from_above and not instructs
    past = Setting.objects.visible_to(request.user).filter(organisation=unit, key=key).select_related("recorded_by")
    today = clock.today(unit)
    latest = past.filter(since__lte=today).order_by("-since", "-id").first() if instructs else None
    initial = {"value": shown(spec, latest.value if latest else settings_store.setting(unit, key))}
    form = SettingForm(request.POST or None, unit=unit, reader=request.user, spec=spec, initial=initial)
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        done, status = attempt(
            form,
            lambda: organisations.change_setting(
                unit, key, typed["value"], since=typed["since"], source=typed["source"], by=request.user
            ),
        )
        if done:
            saved = _("Instruksi disimpan; unit di bawah diberi tahu.") if instructs else _("Pengaturan disimpan.")
            messages.success(request, saved)
            return redirect("kernel:settings", code=code)
    holds = settings_store.instructions(unit, {key}, today).get(key) if spec.from_above else None
    return forms.page(
        request,
        "kernel/setting.html",
        form,
        status=status,
        unit=unit,
        spec=spec,
        default=words(spec, spec.default(unit) if callable(spec.default) else spec.default, unit),
        past=[(row, words(spec, row.value, unit)) for row in past],
        holds=holds,
        holds_words=words(spec, holds.value, unit) if holds else "",
        instructs=instructs,
        may_change=permissions.changes_unit(request.user, unit) and not obeys,
    )


def letterhead(request, code):
    """The head of the unit's papers: words and logo, with a preview."""
    unit = fetch_unit(request, code, permissions.sees_unit_people)
    if request.method == "POST":
        fetch_own(request, code)
    keys = LetterheadForm.KEYS
    now = settings_store.values(unit, [*keys.values(), LOGO])
    initial = {name: shown(catalogue.setting_spec(key), now[key]) for name, key in keys.items()}
    form = LetterheadForm(request.POST or None, request.FILES or None, unit=unit, reader=request.user, initial=initial)
    status = 200
    if form.is_valid():
        written, status = attempt(form, lambda: _write_letterhead(unit, form, request.user))
        if status == 200:
            messages.success(
                request, _("Kop surat disimpan.") if written else _("Tidak ada yang berubah pada kop surat.")
            )
            return redirect("kernel:letterhead", code=code)
    return forms.page(
        request,
        "kernel/letterhead.html",
        form,
        status=status,
        unit=unit,
        lines=now[keys["lines"]],
        address=now[keys["address"]],
        contact=now[keys["contact"]],
        logo=now[LOGO],
        may_change=permissions.changes_unit(request.user, unit),
    )


def _write_letterhead(unit, form, by):
    typed = form.cleaned_data
    changes = form.changes()
    if typed["logo"]:
        changes[LOGO] = organisations.store_logo(typed["logo"])
    elif typed["remove_logo"]:
        changes[LOGO] = ""
    return organisations.change_settings(unit, changes, since=typed["since"], source=typed["source"], by=by)


@require_GET
def logo(request, code):
    """The unit's logo, as it was drawn anew at upload."""
    unit = fetch_unit(request, code)
    sha256 = settings_store.setting(unit, LOGO)
    file = StoredFile.objects.filter(sha256=sha256, media_type="image/png").first() if sha256 else None
    if file is None:
        raise Http404
    answer = HttpResponse(documents.read(file), content_type="image/png")
    answer["Content-Disposition"] = 'attachment; filename="logo.png"'
    answer["Cache-Control"] = "private, max-age=300"
    return answer
