"""The verbs over a unit: its name, divisions, dated settings, letterhead and logo. Each change is in the ledger."""

import hashlib
import io
import warnings

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from . import catalogue, clock, documents, ledger, permissions, settings_store
from .lifecycle import TransitionRefused, require
from .models.ledger import LedgerEntry
from .models.members import Membership
from .models.organisations import Division, Organisation

LOGO_BYTES = 1024 * 1024
LOGO_PIXELS = 4_000_000
LOGO_SIDE = 1200
# The first bytes tell what a file is; its name and what the browser says do not.
MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


def rename(organisation, *, name, by):
    """Correct the display name of the body. Papers that are frozen keep the old one."""
    with transaction.atomic():
        locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        require(permissions.changes_unit, by, locked)
        if locked.name != name:
            locked.name = name
            locked.save(update_fields=["name"])
            ledger.record(locked, "kernel.organisation.rename", locked, by=by)
    return locked


def add_division(organisation, *, name, short_name, since, by, order=1, until=None):
    """A division from ``since`` on. Raises NotPermitted, ValidationError (one of that name is there on that day)."""
    with transaction.atomic():
        require(permissions.changes_unit, by, organisation)
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if Division.objects.filter(organisation=organisation, name__iexact=name).on(since).exists():
            raise ValidationError({"name": _("Divisi dengan nama ini sudah ada pada tanggal itu.")})
        division = Division(
            organisation=organisation, name=name, short_name=short_name, order=order, since=since, until=until
        )
        division.clean()
        division.save()
        ledger.record(organisation, "kernel.division.add", division, by=by, since=since)
    return division


def correct_division(division, *, name, short_name, order, by):
    """Mend how a division is written. One that becomes another is ended, and a new one added."""
    with transaction.atomic():
        locked = Division.objects.select_for_update(of=("self",), no_key=True).get(pk=division.pk)
        require(permissions.changes_unit, by, locked.organisation_id)
        facts = {"name": name, "short_name": short_name, "order": order}
        changed = sorted(field for field, value in facts.items() if getattr(locked, field) != value)
        if changed:
            for field in changed:
                setattr(locked, field, facts[field])
            locked.save(update_fields=changed)
            ledger.record(division.organisation, "kernel.division.correct", locked, by=by, fields=changed)
    return locked


def end_division(division, *, until, by):
    """The division holds no more from ``until``. Raises TransitionRefused while someone still serves in it then, or
    when it has ended already."""
    with transaction.atomic():
        locked = Division.objects.select_for_update(of=("self",), no_key=True).get(pk=division.pk)
        organisation = division.organisation
        require(permissions.changes_unit, by, organisation)
        if locked.until is not None and locked.until <= clock.today(organisation):
            raise TransitionRefused(_("Divisi ini sudah berakhir. Muat ulang halaman."))
        if until <= locked.since:
            raise ValidationError({"until": _("Tanggal akhir harus sesudah tanggal awal.")})
        from .members import day_start

        serving = Membership.objects.filter(division=locked).serving_or_coming(day_start(organisation, until)).count()
        if serving:
            raise TransitionRefused(
                _("Masih ada {count} orang di divisi ini pada tanggal itu. Pindahkan atau akhiri dahulu.").format(
                    count=serving
                )
            )
        locked.until = until
        locked.save(update_fields=["until"])
        ledger.record(organisation, "kernel.division.end", locked, by=by, until=until)
    return locked


def change_settings(organisation, changes, *, since, source, by):
    """Write the settings in ``changes`` (key: value) that differ from what holds on ``since``; one line for each.

    ``source`` says where the rule stands. Returns the keys written. Raises NotPermitted, KeyError (undeclared).
    """
    with transaction.atomic():
        require(permissions.changes_unit, by, organisation)
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        now = settings_store.values(organisation, list(changes), since)
        written = [key for key, value in changes.items() if now[key] != value]
        for key in written:
            settings_store.change(organisation, key, changes[key], since=since, source=source, by=by)
    return written


def change_setting(organisation, key, value, *, since, source, by):
    """Write one setting, also where the value stays and only its source becomes known. Raises as above."""
    catalogue.setting_spec(key)
    with transaction.atomic():
        require(permissions.changes_unit, by, organisation)
        return settings_store.change(organisation, key, value, since=since, source=source, by=by)


def clean_logo(content):
    """The picture drawn anew as PNG, so that nothing but its pixels comes along.

    Raises ValidationError for anything but a PNG or JPEG of at most 1 MB and four million pixels.
    """
    if len(content) > LOGO_BYTES:
        raise ValidationError(_("Berkas logo paling besar 1 MB."))
    kind = next((name for magic, name in MAGIC.items() if content.startswith(magic)), None)
    if kind is None:
        raise ValidationError(_("Unggah logo sebagai PNG atau JPEG."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(io.BytesIO(content), formats=[kind])
            if picture.width * picture.height > LOGO_PIXELS:
                raise ValidationError(_("Gambar terlalu besar: paling banyak empat juta piksel."))
            picture = picture.convert("RGBA")
    except ValidationError:
        raise
    except Exception as error:  # Pillow fails in many ways on a broken or hostile file
        raise ValidationError(_("Gambar ini rusak atau tidak dapat dibaca. Simpan ulang lalu coba lagi.")) from error
    picture.thumbnail((LOGO_SIDE, LOGO_SIDE))
    redrawn = io.BytesIO()
    picture.save(redrawn, "PNG", optimize=True)
    return redrawn.getvalue()


def store_logo(content):
    """Keep a picture that ``clean_logo`` gave; the value for the setting ``letterhead.logo``."""
    documents.store(content, "image/png")
    return hashlib.sha256(content).hexdigest()


def recent_acts(organisation, limit=20):
    """The last acts of administration in the unit's chain, newest first, as lines to be read."""
    entries = LedgerEntry.objects.filter(organisation=organisation.code, action__startswith="kernel.")
    return ledger.lines_of(entries.order_by("-seq")[:limit])
