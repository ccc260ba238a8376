"""Reading and writing the dated settings of a unit."""

from . import catalogue, clock, ledger, permissions
from .lifecycle import require
from .models.organisations import Setting


def setting(organisation, key, on=None):
    """The value of ``key`` for the unit on the date ``on`` (default today there), else the declared default.

    Raises KeyError for a setting that nobody declared.
    """
    return values(organisation, [key], on)[key]


def values(organisation, keys, on=None):
    """Several settings in one query: ``{key: value}``."""
    on = on or clock.today(organisation)
    stored = dict(
        Setting.objects.filter(organisation=organisation, key__in=keys, since__lte=on)
        .order_by("key", "-since", "-id")
        .distinct("key")
        .values_list("key", "value")
    )
    result = {}
    for key in keys:
        spec = catalogue.setting_spec(key)
        default = spec.default(organisation) if callable(spec.default) else spec.default
        result[key] = stored.get(key, default)
    return result


class Timeline:
    """Some settings of many units over all time, in one query: for work that goes through weeks and units."""

    def __init__(self, organisations, keys):
        self._rows = {}
        rows = Setting.objects.filter(organisation__in=[unit.pk for unit in organisations], key__in=keys)
        # The manner of ``values``: the latest that has begun holds, of two of one date the later written.
        for unit, key, since, value in rows.order_by("-since", "-id").values_list(
            "organisation_id", "key", "since", "value"
        ):
            self._rows.setdefault((unit, key), []).append((since, value))

    def value(self, organisation, key, on):
        """What ``key`` says in the unit on the date ``on``, else the declared default."""
        for since, value in self._rows.get((organisation.pk, key), ()):
            if since <= on:
                return value
        default = catalogue.setting_spec(key).default
        return default(organisation) if callable(default) else default


def change(organisation, key, value, *, since, source, by):
    """Add a value that holds from ``since``; earlier ones stay. Writes one ledger line.

    Raises NotPermitted, KeyError (undeclared).
    """
    catalogue.setting_spec(key)
    require(permissions.changes_unit, by, organisation)
    row = Setting.objects.create(
        organisation=organisation, key=key, value=value, since=since, source=source, recorded_by=by
    )
    ledger.record(organisation, "kernel.setting.change", row, by=by, key=key, since=since.isoformat())
    return row
