"""Numbers of letters and decisions: a counter per unit, series and year, drawn under a lock.

No gap, no reuse: a cancelled letter keeps its number (BATAL), a number used elsewhere is reserved with a
reason, a back-dated one takes a suffix. Source: Perbawaslu 13/2020; the shape of the text is a setting.
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from . import catalogue, clock, ledger, permissions
from .lifecycle import require
from .models.documents import Counter, NumberUse
from .settings_store import setting, values

DECISIONS = "keputusan"


def scheme(organisation, kind, on=None):
    """How documents of ``kind`` are numbered: dict of source (portal or typed), code, template."""
    keys = [f"numbering.{kind}.source", f"numbering.{kind}.code", "numbering.template", "numbering.unit"]
    found = values(organisation, keys, on)
    return {
        "source": found[keys[0]],
        "code": found[keys[1]],
        "template": found["numbering.template"],
        "unit": found["numbering.unit"],
    }


def write(template, *, value, suffix, code, unit, signer, day):
    """The text of a number. Raises ValidationError when the template has an unknown word in braces."""
    words = {
        "urut": f"{value}" + (f".{suffix}" if suffix else ""),
        "kode": code,
        "penandatangan": signer,
        "unit": unit,
        "bulan": f"{day.month:02d}",
        "romawi": ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")[day.month],
        "tahun": f"{day.year}",
    }
    try:
        return template.format(**words)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ValidationError(
            _("Pola nomor hanya mengenal: {names}.").format(names=", ".join(f"{{{name}}}" for name in words))
        ) from error


def _lock_register(organisation, year):
    """One at a time in a unit's register of a year, since one text may not stand twice in it, whatever its series."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"numbers:{organisation.pk}:{year}"])


def _is_used(organisation, year, text):
    return NumberUse.objects.filter(organisation=organisation, year=year, text=text).exists()


def _locked(organisation, series, year):
    _lock_register(organisation, year)
    Counter.objects.bulk_create([Counter(organisation=organisation, series=series, year=year)], ignore_conflicts=True)
    return Counter.objects.select_for_update(no_key=True).get(organisation=organisation, series=series, year=year)


def _skip_reserved(counter):
    taken = set(
        NumberUse.objects.filter(
            organisation=counter.organisation_id,
            series=counter.series,
            year=counter.year,
            value__gt=counter.last,
            suffix=0,
        ).values_list("value", flat=True)
    )
    value = counter.last + 1
    while value in taken:
        value += 1
    return value


def draw(organisation, kind, *, about, day, by, signer="K"):
    """Draw the next number for a document of ``kind`` dated ``day``. Must run in the transaction of its act.

    A value whose text already stands in the register (typed before the portal counted, or from another series where
    the pattern has no code) is passed over. Raises ValidationError for a pattern that cannot number.
    """
    rules = scheme(organisation, kind, day)
    counter = _locked(organisation, rules["code"], day.year)
    words = {"suffix": 0, "code": rules["code"], "unit": rules["unit"], "signer": signer, "day": day}
    if write(rules["template"], value=1, **words) == write(rules["template"], value=2, **words):
        raise ValidationError(_("Pola nomor harus memuat {urut}."))
    while True:
        counter.last = _skip_reserved(counter)
        text = write(rules["template"], value=counter.last, **words)
        if not _is_used(organisation, day.year, text):
            break
    counter.save(update_fields=["last"])
    return NumberUse.objects.create(
        organisation=organisation,
        series=rules["code"],
        year=day.year,
        value=counter.last,
        text=text,
        dated=day,
        kind=kind,
        about=about,
        by=by,
    )


def draw_back_dated(organisation, kind, *, value, about, day, by, reason, signer="K"):
    """A number between others: ``value`` of a past letter with the next free suffix (.2, .3). Needs a reason."""
    rules = scheme(organisation, kind, day)
    _locked(organisation, rules["code"], day.year)
    highest = NumberUse.objects.filter(
        organisation=organisation, series=rules["code"], year=day.year, value=value
    ).aggregate(highest=Max("suffix"))["highest"]
    if highest is None:
        raise ValidationError(_("Nomor urut {value} belum pernah dipakai tahun itu.").format(value=value))
    suffix = max(highest + 1, 2)
    text = write(
        rules["template"],
        value=value,
        suffix=suffix,
        code=rules["code"],
        unit=rules["unit"],
        signer=signer,
        day=day,
    )
    return NumberUse.objects.create(
        organisation=organisation,
        series=rules["code"],
        year=day.year,
        value=value,
        suffix=suffix,
        text=text,
        dated=day,
        kind=kind,
        about=about,
        by=by,
        reason=reason,
    )


def take_typed(organisation, kind, text, *, about, day, by):
    """Use a number from the agenda book or SRIKANDI. Raises ValidationError if it is empty or already used."""
    text = " ".join(text.split())
    if not text:
        raise ValidationError(_("Ketik nomor dari buku agenda atau SRIKANDI."))
    rules = scheme(organisation, kind, day)
    _lock_register(organisation, day.year)
    mine = NumberUse.objects.filter(organisation=organisation, year=day.year, text=text, kind=kind, about=about).first()
    if mine:
        return mine
    try:
        with transaction.atomic():
            return NumberUse.objects.create(
                organisation=organisation,
                series=rules["code"],
                year=day.year,
                text=text,
                typed=True,
                dated=day,
                kind=kind,
                about=about,
                by=by,
            )
    except IntegrityError as error:
        raise ValidationError(
            _("Nomor {text} sudah dipakai tahun ini. Periksa buku agenda.").format(text=text)
        ) from error


def take(organisation, kind, *, about, day, by, typed="", signer="K"):
    """Draw a number, or take the typed one, as the unit's setting says today: the rule that the page showed, whatever
    the date of the letter. A number that was typed is never thrown away. Raises ValidationError as ``take_typed``."""
    if typed.strip() or scheme(organisation, kind)["source"] == "typed":
        return take_typed(organisation, kind, typed, about=about, day=day, by=by)
    return draw(organisation, kind, about=about, day=day, by=by, signer=signer)


def draw_decisions(organisation, year, count):
    """Draw ``count`` running decision numbers of the body and year, in order."""
    counter = _locked(organisation, DECISIONS, year)
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return list(range(first, first + count))


def set_next(organisation, series, year, value, *, by):
    """Set the next number (when the portal takes over from an agenda book). Only upwards past what was drawn.

    Raises NotPermitted, ValidationError.
    """
    with transaction.atomic():
        require(permissions.manages_numbers, by, organisation)
        counter = _locked(organisation, series, year)
        highest = (
            NumberUse.objects.filter(organisation=organisation, series=series, year=year)
            .exclude(state="reserved")
            .aggregate(m=Max("value"))["m"]
            or 0
        )
        if series == DECISIONS:
            highest = max(highest, counter.last)
        if value <= highest:
            raise ValidationError(
                _("Nomor {highest} sudah terpakai; nomor berikutnya paling kecil {lowest}.").format(
                    highest=highest, lowest=highest + 1
                )
            )
        before, counter.last = counter.last + 1, value - 1
        counter.save(update_fields=["last"])
        ledger.record(
            organisation,
            "kernel.number.set_next",
            organisation,
            by=by,
            series=series,
            year=year,
            was=before,
            next=value,
        )


def reserve(organisation, kind, value, *, day, by, reason):
    """Mark a number as used outside the portal. Raises NotPermitted, ValidationError (taken, or without a reason)."""
    require(permissions.manages_numbers, by, organisation)
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis untuk surat apa nomor ini dipakai.")})
    rules = scheme(organisation, kind, day)
    text = write(rules["template"], value=value, suffix=0, code=rules["code"], unit=rules["unit"], signer="K", day=day)
    with transaction.atomic():
        _locked(organisation, rules["code"], day.year)
        if NumberUse.objects.filter(
            organisation=organisation, series=rules["code"], year=day.year, value=value, suffix=0
        ).exists():
            raise ValidationError({"value": _("Nomor urut {value} sudah terpakai.").format(value=value)})
        if _is_used(organisation, day.year, text):
            raise ValidationError(
                {"value": _("Nomor {text} sudah dipakai tahun ini. Periksa buku agenda.").format(text=text)}
            )
        use = NumberUse.objects.create(
            organisation=organisation,
            series=rules["code"],
            year=day.year,
            value=value,
            text=text,
            state="reserved",
            reason=reason,
            dated=day,
            by=by,
        )
        ledger.record(organisation, "kernel.number.reserve", use, by=by, number=text)
    return use


def cancel(use, *, by, reason):
    """Mark a drawn number BATAL: it is kept and never given again. Raises NotPermitted, ValidationError (no reason)."""
    require(permissions.manages_numbers, by, use.organisation_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis mengapa nomor ini dibatalkan.")})
    with transaction.atomic():
        use = NumberUse.objects.select_for_update(no_key=True).get(pk=use.pk)
        if use.state == "cancelled":
            raise ValidationError(_("Nomor ini sudah dibatalkan."))
        use.state, use.reason = "cancelled", reason
        use.save(update_fields=["state", "reason"])
        ledger.record(use.organisation, "kernel.number.cancel", use, by=by, number=use.text)
    return use


def counters(organisation):
    """The counters of this year for the page of numbering."""
    year = clock.today(organisation).year
    return Counter.objects.filter(organisation=organisation, year__gte=year - 1).order_by("-year", "series")


def series_of(organisation):
    """The classification codes in use by the unit's papers, with the decisions' own series."""
    return sorted(
        {setting(organisation, f"numbering.{p.name}.code") for p in catalogue.papers() if p.numbered} | {DECISIONS}
    )
