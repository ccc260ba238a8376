"""Reading and writing the dated settings of a unit."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from . import catalogue, clock, ledger, notices, permissions
from .lifecycle import NotPermitted, require
from .models.members import COMMISSIONERS, HEAD, NOTE_TAKER, Membership
from .models.organisations import Parentage, Setting


def setting(organisation, key, on=None):
    """The value of ``key`` for the unit on the date ``on`` (default today there), else the declared default.

    Raises KeyError for a setting that nobody declared.
    """
    return values(organisation, [key], on)[key]


def values(organisation, keys, on=None):
    """Several settings in one query: ``{key: value}``."""
    on = on or clock.today(organisation)
    above = {key for key in keys if catalogue.setting_spec(key).from_above}
    stored = dict(
        Setting.objects.filter(organisation=organisation, key__in=set(keys) - above, since__lte=on)
        .order_by("key", "-since", "-id")
        .distinct("key")
        .values_list("key", "value")
    )
    if above:
        stored |= {key: row.value for key, row in instructions(organisation, above, on).items()}
    result = {}
    for key in keys:
        spec = catalogue.setting_spec(key)
        default = spec.default(organisation) if callable(spec.default) else spec.default
        result[key] = stored.get(key, default)
    return result


def instructions(organisation, keys, on):
    """The row that holds for the unit on ``on`` for each instruction in ``keys``: {key: Setting}, absent where none."""
    tree = _Tree()
    chain = tree.above(organisation.pk, on)
    rows = Setting.objects.filter(organisation__in=chain, key__in=keys, since__lte=on).select_related("organisation")
    found = {}
    for row in sorted(rows, key=lambda row: (chain.index(row.organisation_id), -row.since.toordinal(), -row.pk)):
        found.setdefault(row.key, row)
    return found


def instructs(organisation):
    """Whether the unit writes instructions: it has units below, or none above and so obeys itself."""
    today = clock.today(organisation)
    now = Parentage.objects.filter(since__lte=today).exclude(until__lte=today)
    return now.filter(parent=organisation).exists() or not now.filter(organisation=organisation).exists()


class _Tree:
    """Which units stand above which, by date, in one query."""

    def __init__(self):
        self._parents = {}
        rows = Parentage.objects.order_by("-since").values_list("organisation", "parent", "since", "until")
        for unit, parent, since, until in rows:
            self._parents.setdefault(unit, []).append((parent, since, until))

    def above(self, unit, on):
        """Ids of the units whose instructions ``unit`` obeys, the nearest first; one that has none above, itself."""
        chain, at = [], unit
        while (parent := self._parent(at, on)) is not None and parent not in chain:
            chain.append(parent)
            at = parent
        return chain or [unit]

    def _parent(self, unit, on):
        rows = self._parents.get(unit, ())
        return next((parent for parent, since, until in rows if since <= on and (until is None or on < until)), None)


class Timeline:
    """Some settings of many units over all time, in two queries: for work that goes through weeks and units."""

    def __init__(self, organisations, keys):
        self._rows, self._tree = {}, None
        self._above = {key for key in keys if catalogue.setting_spec(key).from_above}
        rows = Setting.objects.filter(key__in=keys)
        if self._above:
            self._tree = _Tree()
        else:
            rows = rows.filter(organisation__in=[unit.pk for unit in organisations])
        # The manner of ``values``: the latest that has begun holds, of two of one date the later written.
        for unit, key, since, value in rows.order_by("-since", "-id").values_list(
            "organisation_id", "key", "since", "value"
        ):
            self._rows.setdefault((unit, key), []).append((since, value))

    def value(self, organisation, key, on):
        """What ``key`` says in the unit on the date ``on``, else the declared default."""
        units = self._tree.above(organisation.pk, on) if key in self._above else [organisation.pk]
        for unit in units:
            for since, value in self._rows.get((unit, key), ()):
                if since <= on:
                    return value
        default = catalogue.setting_spec(key).default
        return default(organisation) if callable(default) else default


def change(organisation, key, value, *, since, source, by):
    """Add a value that holds from ``since``; earlier ones stay. Writes one ledger line.

    Raises NotPermitted (also for an instruction, where the unit obeys another's), KeyError (undeclared).
    """
    spec = catalogue.setting_spec(key)
    require(permissions.changes_unit, by, organisation)
    if spec.from_above and not instructs(organisation):
        raise NotPermitted(_("Ini instruksi tingkat di atas: unit ini mengikutinya."))
    row = Setting.objects.create(
        organisation=organisation, key=key, value=value, since=since, source=source, recorded_by=by
    )
    ledger.record(organisation, "kernel.setting.change", row, by=by, key=key, since=since.isoformat())
    if spec.from_above:
        _tell_those_below(row, spec)
    return row


def _tell_those_below(row, spec):
    """Members and secretariat of every unit that the instruction holds for hear of it, each in his own language."""
    day = clock.today(row.organisation)
    pairs = Parentage.objects.filter(since__lte=day).exclude(until__lte=day).values_list("organisation", "parent")
    below, found = {row.organisation_id}, True
    while found:
        found = {unit for unit, parent in pairs if parent in below} - below
        below |= found
    seats = (
        Membership.objects.in_force_at(clock.now())
        .filter(organisation__in=below - {row.organisation_id}, role__in=COMMISSIONERS | {HEAD, NOTE_TAKER})
        .select_related("user", "organisation")
    )
    people = {}
    for seat in seats:
        people.setdefault((seat.organisation, seat.user.language), []).append(seat.user)
    for (unit, language), users in people.items():
        with translation.override(language):
            text = _("Instruksi %(unit)s: %(label)s, berlaku sejak %(since)s") % {
                "unit": row.organisation.name,
                "label": spec.label,
                "since": row.since.strftime("%d-%m-%Y"),
            }
        url = reverse("kernel:setting", args=[unit.code, spec.key])
        notices.tell(users, unit, "kernel.instruction", row, text=text, url=url)
