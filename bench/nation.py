"""The pages that are measured among a nation's plenos: for each a list of random (address, reader)."""

import datetime
import random

WORDS = (
    "politik uang",
    "netralitas aparatur",
    "pergeseran anggaran",
    "data pemilih",
    "perjanjian kerja sama",
    "pelatihan penyusunan laporan",
    "kajian laporan dugaan pelanggaran",
    "teguran tertulis",
)
COMMON = ("laporan",)  # more than a page of it is found in each unit and year


class Pages:
    """Draws objects from the nation that is loaded, always the same for the same seed."""

    def __init__(self, count, seed):
        from bawaslu_portal.kernel.models import Organisation

        self.count, self.chance = count, random.Random(seed)
        units = list(Organisation.objects.filter(memberships__role="note_taker").distinct().order_by("code"))
        self.districts = [unit for unit in units if unit.level == "district"]
        self.provinces = [unit for unit in units if unit.level == "province"]
        self.nation = next(unit for unit in units if unit.level == "national")

    def _post(self, unit, role):
        from bawaslu_portal.kernel.models import Membership

        return Membership.objects.filter(organisation=unit, role=role, until=None).select_related("user")[0]

    def _one(self, unit, role):
        return self._post(unit, role).user

    def _draw(self, units):
        return [self.chance.choice(units) for _n in range(self.count)]

    def _plenos(self, state="ratified"):
        """One random pleno of each of as many random districts."""
        from plenos.models import Pleno

        for unit in self._draw(self.districts):
            pks = list(Pleno.objects.filter(organisation=unit, state=state).values_list("pk", flat=True))
            if pks:
                yield Pleno.objects.select_related("organisation").get(pk=self.chance.choice(pks))

    def _rooms(self):
        """Open sessions with twelve items, half of them decided; made through the verbs where there are none."""
        from django.db import transaction

        from bawaslu_portal.kernel import clock
        from plenos import lifecycle
        from plenos.models import Pleno

        for unit in self.districts[:: max(1, len(self.districts) // 12)][:12]:
            by = self._one(unit, "note_taker")
            pleno = Pleno.objects.filter(organisation=unit, state="open", items__order=12).first()
            if pleno is None:
                agenda = [f"Pokok bahasan nomor {n} tentang pengawasan tahapan" for n in range(1, 13)]
                with transaction.atomic():
                    pleno = self._opened(unit, by, clock.now() - datetime.timedelta(minutes=45), agenda)
                    members = list(pleno.attendees.members())
                    for n, item in enumerate(pleno.items.all()[:6], 1):
                        with clock.at(pleno.opened_at + datetime.timedelta(minutes=n)):
                            votes = {m.pk: "against" if m.order == 2 else "agree" for m in members}
                            more = {"manner": "vote", "votes": votes} if n % 2 else {}
                            lifecycle.decide(item, by=by, category="plan", text=f"Menyetujui nomor {n}.", **more)
            yield pleno.address("plenos:room"), by

    def _opened(self, unit, by, when, agenda):
        """Planned three days before, invited to and opened on time."""
        from bawaslu_portal.kernel import clock
        from plenos import lifecycle

        year, week, _day = when.astimezone(unit.zone).isocalendar()
        with clock.at(when - datetime.timedelta(days=3)):
            taker = self._post(unit, "note_taker")
            pleno = lifecycle.plan(
                unit, by=by, year=year, week=week, planned_at=when, place="Ruang rapat", note_taker=taker, agenda=agenda
            )
            lifecycle.invite(pleno, by=by)
        with clock.at(when):
            lifecycle.open_session(pleno, by=by)
        return pleno

    def all(self):
        """{name: (limit in ms, [(address, reader)])}."""
        from django.urls import reverse

        def of(name, unit, query="", **more):
            return reverse(f"plenos:{name}", kwargs={"code": unit.code, **more} if unit else more) + query

        takers = {unit.pk: self._one(unit, "note_taker") for unit in self._draw(self.districts)}
        mine = [unit for unit in self.districts if unit.pk in takers]
        staff = {unit.pk: self._one(unit, "supervision_staff") for unit in self.provinces}
        top = self._one(self.nation, "chair")
        rooms = list(self._rooms())
        year = datetime.date.today().year  # noqa: DTZ011 - any year of those loaded will do
        found = {
            "room": (50, [self.chance.choice(rooms) for _n in range(self.count)]),
            "pleno page": (50, [(p.get_absolute_url(), self._one(p.organisation, "chair")) for p in self._plenos()]),
            "minutes page": (
                50,
                [(p.address("plenos:minutes"), self._one(p.organisation, "chair")) for p in self._plenos()],
            ),
            "register": (50, [(of("register", unit), takers[unit.pk]) for unit in self._draw(mine)]),
            "register search": (
                50,
                [
                    (of("register", unit, f"?q={self.chance.choice(WORDS).replace(' ', '+')}"), takers[unit.pk])
                    for unit in self._draw(mine)
                ],
            ),
            "plenos of a unit": (50, [(of("unit", unit), takers[unit.pk]) for unit in self._draw(mine)]),
            "desk": (50, [("/", takers[unit.pk]) for unit in self._draw(mine)]),
            "not reported": (50, [(of("absent_of", u), staff[u.pk]) for u in self._draw(self.provinces)]),
            "province board": (50, [(of("board_of", u), staff[u.pk]) for u in self._draw(self.provinces)]),
            "search, district": (100, self._searches(takers.values())),
            "search, province": (100, self._searches(staff.values())),
            "search, nation": (100, self._searches([top])),
            "search, common word": (100, self._searches(staff.values(), COMMON)),
            "register search, common": (
                50,
                [(of("register", unit, f"?q={COMMON[0]}"), takers[unit.pk]) for unit in self._draw(mine)],
            ),
            "national board": (150, [(of("board_of", self.nation), top)] * self.count),
        }
        for name, address in (("calendar", "calendar"),):
            found |= self._calendar(name, address, mine, takers, year)
        return found

    def _calendar(self, name, address, units, takers, year):
        from django.urls import NoReverseMatch, reverse

        rows = []
        for unit in self._draw(units):
            for more in ({}, {"year": year}):
                try:
                    rows.append((reverse(f"plenos:{address}", kwargs={"code": unit.code, **more}), takers[unit.pk]))
                    break
                except NoReverseMatch:
                    continue
        return {name: (50, rows)} if rows else {}

    def _searches(self, readers, words=WORDS):
        from django.urls import reverse

        readers = list(readers)
        return [
            (f"{reverse('plenos:search')}?q={self.chance.choice(words).replace(' ', '+')}", self.chance.choice(readers))
            for _n in range(self.count)
        ]
