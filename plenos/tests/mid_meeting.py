"""What goes wrong in the middle of a session, as rules of the lives led by chance (test_machine)."""

import datetime

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from plenos import lifecycle
from plenos.models import Pleno

from ..models.sessions import ADJOURNED, DRAFT, INVITED, OPEN
from .factories import row_of

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
PLENOS = 3


class MidMeeting:
    """Mixin: members walk out and in, the session stands still and goes on, or goes on in a follow-up pleno."""

    quorum_lost = resumed = continued = 0

    def hour(self, pleno):
        """The hour of the next event: by the clock, or typed where the session is entered afterwards."""
        if not pleno.recorded_late:
            return None
        pauses = pleno.adjournments.count() + pleno.adjournments.filter(resumed_at__isnull=False).count()
        return pleno.opened_at + MINUTE * (1 + pleno.decisions.count() + pauses)

    def session(self, number):
        """A pleno that is not over, brought as far as its opening; where all are over, the next one."""
        going = Pleno.objects.filter(pk__in=self.ids, state__in=(DRAFT, INVITED, OPEN, ADJOURNED)).order_by("pk")
        if not going and len(self.ids) < 2 * PLENOS:
            self.plan(held=False)
        keys = list(going.all().values_list("pk", flat=True))
        if not keys:
            return None
        place = self.ids.index(keys[number % len(keys)])
        for _step in range(3):
            pleno = self.pick(place)
            if pleno.state not in (DRAFT, INVITED):
                break
            self.do(lambda pleno=pleno: self.next_step(pleno, 2))
        return self.pick(place)

    @rule(number=st.integers(0, PLENOS - 1), seats=st.sets(st.integers(2, 5), min_size=1))
    def walk_out_and_in(self, number, seats):
        """Some leave with one press; who had left comes back. The quorum may be lost in mid-meeting."""
        pleno = self.session(number)
        if pleno is None or pleno.state != OPEN or pleno.recorded_late:
            return
        for seat in seats:
            row = row_of(pleno, self.cast.members[seat - 1])
            gone = row.status != "present" or row.left_at
            verb = lifecycle.step_in if gone else lifecycle.step_out
            self.do(lambda row=row, verb=verb: verb(row, by=self.cast.secretary))
        self.decide_only_with_a_quorum(self.pick(self.ids.index(pleno.pk)))

    def decide_only_with_a_quorum(self, pleno):
        """Deciding is refused exactly when the quorum is not in the room, and the ways on are open."""
        item = pleno.items.filter(fate="waiting").first()
        if item is None:  # something more comes up
            item = self.do(lambda: lifecycle.add_item(pleno, by=self.cast.secretary, title="Lain-lain"))
        item.pleno = pleno
        here = sum(a.in_room_at(self.now + 5 * MINUTE) for a in pleno.attendees.members().with_absences())
        made = self.do(lambda: lifecycle.decide(item, by=self.cast.secretary, category="plan", text="Setuju."))
        assert (made is not None) == (here >= pleno.quorum_needed)
        type(self).quorum_lost += made is None

    @rule(number=st.integers(0, PLENOS - 1), back=st.sets(st.integers(1, 5)), on=st.booleans())
    def stand_still_and_go_on(self, number, back, on):
        """Adjourn; go on with some of them, at once or the next day, or leave it standing."""
        pleno = self.session(number)
        if pleno is None or pleno.state not in (OPEN, ADJOURNED):
            return
        if pleno.state == OPEN:
            self.do(
                lambda: lifecycle.adjourn(
                    pleno, by=self.cast.secretary, reason="Istirahat.", happened_at=self.hour(pleno)
                )
            )
        if on:
            self.now += DAY
            pleno.refresh_from_db()
            rows = {row_of(pleno, self.cast.members[seat - 1]).pk for seat in {1, *back}}  # the chair among them
            self.do(lambda: lifecycle.resume(pleno, by=self.cast.secretary, back=rows, happened_at=self.hour(pleno)))
            type(self).resumed += Pleno.objects.filter(pk=pleno.pk, state=OPEN).exists()

    @precondition(lambda self: len(self.ids) < PLENOS + 2)
    @rule(number=st.integers(0, PLENOS - 1))
    def go_on_in_another(self, number):
        """A follow-up pleno: two verbs, so two lines, or none."""
        pleno = self.session(number)
        if pleno is None:
            return
        later = self.do(
            lambda: lifecycle.continue_later(
                pleno,
                by=self.cast.secretary,
                planned_at=self.now + DAY,
                place="Aula",
                reason="Kuorum hilang.",
                happened_at=self.hour(pleno) if pleno.opened_at else None,
            )
        )
        if later:
            self.done += 1
            self.ids.append(later.pk)
            type(self).continued += 1
            assert later.continues_id == pleno.pk
