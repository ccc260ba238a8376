"""Follow-ups: who may say what of them when, what it leaves behind, and what the next pleno looks through."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock, ledger, scope
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Division, LedgerEntry, Membership, Notice
from bawaslu_portal.kernel.tests.factories import make_person
from plenos import documents, follow_ups, lifecycle
from plenos.lifecycle import following
from plenos.models import Decision, FollowUp, Progress

from .factories import ROLES, WHEN, item_of, make_closed, make_draft, make_open, membership, sign_all

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
DUE = datetime.date(2024, 8, 26)
PAST, FUTURE = WHEN + 3 * DAY, WHEN + 30 * DAY


def division_of(cast, user):
    return Membership.objects.get(organisation=cast.unit, user=user).division


def decide_with(cast, *, doer=None, division=None, what="Menyusun jadwal", due=None, when=WHEN, **facts):
    """A pleno that decided one thing with one follow-up (due in a week), closed."""
    due, access = due or when.date() + 7 * DAY, facts.pop("access", "closed")
    pleno = make_open(cast, when=when, agenda=[{"title": "Jadwal", "access": access}], access=access)
    with clock.at(pleno.opened_at + datetime.timedelta(minutes=5)):
        lifecycle.decide(
            item_of(pleno),
            by=cast.secretary,
            category="plan",
            text="Menetapkan jadwal.",
            follow_ups=[{"what": what, "due": due, **({"division": division} if division else {"responsible": doer})}],
            **facts,
        )
    with clock.at(pleno.opened_at + HOUR):
        lifecycle.close(pleno, by=cast.secretary)
    return pleno


def ratify(pleno, cast):
    with clock.at(pleno.closed_at + datetime.timedelta(hours=1)):
        lifecycle.put_up(pleno, by=cast.secretary)
    sign_all(pleno)
    with clock.at(pleno.closed_at + DAY):
        lifecycle.ratify(pleno, by=pleno.chair.user)
    return pleno


@pytest.fixture
def row(cast):
    """A follow-up of the second member."""
    return decide_with(cast, doer=membership(cast, cast.member)).follow_ups.get()


@pytest.fixture
def at_once():
    with clock.at(PAST):
        yield


def act(verb, row, by):
    """Run a verb with what it needs."""
    words = {"text": "Sudah dikirim."}
    return getattr(following, verb)(row, by=by, **words)


# --- the room -------------------------------------------------------------------------------------------


def test_a_division_may_be_given_a_follow_up_as_well_as_a_person(cast):
    division = division_of(cast, cast.member)
    assert decide_with(cast, division=division).follow_ups.get().division == division
    staff = membership(cast, cast.staff)
    assert decide_with(cast, doer=staff, when=WHEN + 7 * DAY, due=DUE + 9 * DAY).follow_ups.get().responsible == staff


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due": WHEN.date() - DAY}, "due_1"),
        ({"responsible": None}, "who_1"),
        ({"division": "own"}, "who_1"),
        ({"responsible": "stranger"}, "who_1"),
    ],
)
def test_a_follow_up_that_cannot_be_is_refused(cast, change, field):
    pleno = make_open(cast)
    stranger = Membership.objects.filter(organisation=cast.neighbour_unit).first()
    named = {"own": division_of(cast, cast.member), "stranger": stranger}
    facts = {"what": "Menyusun", "responsible": membership(cast, cast.member), "due": DUE}
    facts |= {key: named.get(value, value) if isinstance(value, str) else value for key, value in change.items()}
    with clock.at(pleno.opened_at + DAY / 24), pytest.raises(ValidationError) as fault:
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Menetapkan.", follow_ups=[facts])
    assert field in fault.value.message_dict
    assert not FollowUp.objects.filter(pleno=pleno).exists()


def test_on_the_day_of_the_pleno_itself_it_may_be_due(cast):
    assert decide_with(cast, doer=membership(cast, cast.member), due=WHEN.date()).follow_ups.get().due == WHEN.date()


# --- its life -------------------------------------------------------------------------------------------


def test_noted_reported_and_confirmed_by_another(cast, row, at_once):
    act("note_progress", row, cast.member)
    act("report_done", row, cast.member)
    act("confirm_done", row, cast.chair)
    row.refresh_from_db()
    assert (row.state, row.settled_at) == ("done", PAST)
    assert [p.kind for p in row.progress.order_by("id")] == ["note", "reported", "confirmed"]
    actions = LedgerEntry.objects.filter(thing=str(row.uuid)).order_by("id").values_list("action", flat=True)
    assert list(actions) == [f"plenos.follow_up.{name}" for name in ("note", "reported", "confirmed")]
    assert "follow_up" not in str([line.sentence for line in ledger.history_of(row)])


def test_sent_back_it_runs_again(cast, row, at_once):
    act("report_done", row, cast.member)
    act("send_back", row, cast.chair)
    row.refresh_from_db()
    assert (row.state, row.settled_at) == ("open", None)
    assert Notice.objects.filter(user=cast.member, kind="plenos.follow_up").count() == 1
    act("report_done", row, cast.member)
    act("confirm_done", row, cast.chair)


def test_stopped_it_is_settled(cast, row, at_once):
    act("stop", row, cast.secretary)
    row.refresh_from_db()
    assert (row.state, row.settled_at) == ("stopped", PAST)


def test_a_notice_says_the_reference_and_nothing_of_the_words(cast, row, at_once):
    act("report_done", row, cast.member)
    told = Notice.objects.filter(kind="plenos.follow_up")
    assert {n.user for n in told} == {cast.chair, cast.secretary}
    assert all(row.what not in n.text and row.decision.reference in n.text for n in told)


@pytest.mark.parametrize("verb", ["note_progress", "send_back", "stop"])
def test_without_words_it_is_refused(cast, row, at_once, verb):
    if verb == "send_back":
        act("report_done", row, cast.member)
    with pytest.raises(ValidationError):
        getattr(following, verb)(row, by=cast.chair, text=" ")


def test_nobody_confirms_what_he_reported(cast, row, at_once):
    act("report_done", row, cast.secretary)
    with pytest.raises(NotPermitted):
        act("confirm_done", row, cast.secretary)
    act("confirm_done", row, cast.head)


def test_nobody_confirms_what_is_his_to_do_though_another_reported_it(cast, row, at_once):
    act("report_done", row, cast.secretary)
    with pytest.raises(NotPermitted):
        act("confirm_done", row, cast.member)
    with pytest.raises(NotPermitted):
        act("send_back", row, cast.member)


def test_whoever_reports_again_is_the_one_who_does_not_confirm(cast, row, at_once):
    act("report_done", row, cast.secretary)
    act("send_back", row, cast.chair)
    act("report_done", row, cast.head)
    act("confirm_done", row, cast.secretary)


def test_everyone_of_the_division_does_it_and_none_of_them_confirms(cast):
    division = division_of(cast, cast.member)
    colleague = make_person(cast.unit, "staff", "Staf Lain", division=division)
    row = decide_with(cast, division=division).follow_ups.get()
    with clock.at(PAST):
        act("note_progress", row, colleague)
        act("report_done", row, colleague)
        with pytest.raises(NotPermitted):
            act("confirm_done", row, cast.member)
        act("confirm_done", row, cast.chair)


def test_who_left_the_unit_does_it_no_more(cast, row):
    Membership.objects.filter(user=cast.member).update(until=WHEN + DAY)
    with clock.at(PAST), pytest.raises(NotPermitted):
        act("note_progress", row, cast.member)


def test_before_the_pleno_is_closed_nothing_is_reported(cast):
    pleno = make_open(cast)
    facts = {"what": "Menyusun", "responsible": membership(cast, cast.member), "due": DUE}
    with clock.at(pleno.opened_at + DAY / 24):
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Ya.", follow_ups=[facts])
        row = FollowUp.objects.get(pleno=pleno)
        with pytest.raises(TransitionRefused):
            act("note_progress", row, cast.member)
        assert not follow_ups.readable(cast.chair).exists()


def test_of_a_ratified_pleno_it_goes_on_and_what_was_decided_stays(cast):
    row = ratify(decide_with(cast, doer=membership(cast, cast.member)), cast).follow_ups.get()
    with clock.at(FUTURE):
        act("report_done", row, cast.member)
        act("confirm_done", row, cast.chair)
    row.refresh_from_db()
    assert row.state == "done"
    assert row.days_late(FUTURE.date()) == (FUTURE.date() - DUE).days


# --- who and when: every role, every state --------------------------------------------------------------

VERBS = ("note_progress", "report_done", "confirm_done", "send_back", "stop")
STATES = ("open", "reported", "done", "stopped")
# Written by hand from the issue (4.3): who may do it at all, of a follow-up of the second member that the head of
# secretariat reported; and in which states.
WHO = {
    "note_progress": {"chair", "member", "note_taker", "head"},
    "report_done": {"member", "note_taker", "head"},
    "confirm_done": {"chair", "note_taker"},
    "send_back": {"chair", "note_taker", "head"},
    "stop": {"chair", "note_taker", "head"},
}
WHEN_DONE = {
    "note_progress": {"open", "reported"},
    "report_done": {"open"},
    "confirm_done": {"reported"},
    "send_back": {"reported"},
    "stop": {"open", "reported"},
}


def lead(row, state, cast):
    """Bring an open follow-up to ``state``."""
    if state in ("reported", "done"):
        act("report_done", row, cast.head)
    if state == "done":
        act("confirm_done", row, cast.chair)
    if state == "stopped":
        act("stop", row, cast.chair)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_who_may_and_when(cast, row, at_once, verb, state):
    lead(row, state, cast)
    expected = {}
    for role in ROLES:
        allowed = role in WHO[verb] or (verb == "confirm_done" and role == "head" and state != "reported")
        expected[role] = "ok" if allowed and state in WHEN_DONE[verb] else 409 if allowed else 403
    assert {role: outcome(verb, row, getattr(cast, name)) for role, name in ROLES.items()} == expected


def outcome(verb, row, by):
    """ok, 403 or 409; whatever was done is undone."""
    from django.db import transaction

    before = Progress.objects.count(), LedgerEntry.objects.count()
    fresh = FollowUp.objects.get(pk=row.pk)
    scope.forget(by)
    with transaction.atomic():
        try:
            act(verb, fresh, by)
        except NotPermitted:
            said = 403
        except TransitionRefused:
            said = 409
        else:
            said = "ok"
        if said != "ok":
            assert (Progress.objects.count(), LedgerEntry.objects.count()) == before
        transaction.set_rollback(True)
    return said


# --- reversal -------------------------------------------------------------------------------------------


def test_a_decision_may_reverse_an_earlier_one_of_the_same_body(cast):
    earlier = decide_with(cast, doer=membership(cast, cast.member)).decisions.get()
    later = decide_with(
        cast, doer=membership(cast, cast.member), when=WHEN + 7 * DAY, due=DUE + 9 * DAY, reverses=earlier
    ).decisions.get()
    assert later.reverses == earlier

    def said():
        decision = documents.minutes_record(later.pleno, draft=True)["items"][0]["decisions"][0]
        return decision["reverses"], decision["reverses_unratified"]

    assert said() == ("", True)
    ratify(earlier.pleno, cast)
    assert said() == (earlier.reference, False) == ("74.71/2024/1", False)


def test_what_cannot_be_reversed_is_refused(cast):
    doer = membership(cast, cast.member)
    earlier = decide_with(cast, doer=doer).decisions.get()
    decide_with(cast, doer=doer, when=WHEN + 7 * DAY, due=DUE + 9 * DAY, reverses=earlier)
    pleno = make_open(cast, when=WHEN + 14 * DAY)
    unnumbered = Decision(organisation=cast.unit, text="x")
    elsewhere = Decision(organisation=cast.neighbour_unit, number=3, year=2024, text="x")
    rejected = Decision(organisation=cast.unit, number=9, year=2024, text="x", result="rejected")
    for wrong in (earlier, unnumbered, elsewhere, rejected):
        with clock.at(pleno.opened_at + DAY / 24), pytest.raises(ValidationError) as fault:
            lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Ya.", reverses=wrong)
        assert "reverses" in fault.value.message_dict


# --- the next pleno -------------------------------------------------------------------------------------


def test_the_next_pleno_looks_through_them_as_they_stood_when_it_closed(cast, row):
    done = decide_with(cast, doer=membership(cast, cast.chair), what="Lain", when=WHEN + DAY).follow_ups.get()
    pleno = make_open(
        cast,
        when=WHEN + 14 * DAY,
        agenda=[{"title": "Tindak lanjut", "standing_kind": "follow_ups", "access": "closed"}],
    )
    during = pleno.opened_at + datetime.timedelta(minutes=10)
    with clock.at(during):
        following.report_done(done, by=cast.chair)
        following.confirm_done(done, by=cast.secretary)
        following.note_progress(row, by=cast.secretary, text="Menunggu jawaban")
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="report", text="Menerima laporan.")
    with clock.at(pleno.opened_at + datetime.timedelta(hours=1)):
        lifecycle.close(pleno, by=cast.secretary)
    with clock.at(FUTURE):
        following.stop(row, by=cast.chair, text="Tidak perlu lagi")
    for earlier in (row.decision.pleno, done.decision.pleno):
        ratify(earlier, cast)
    reviewed = documents.minutes_record(pleno)["items"][0]["reviewed"]
    assert [(one["what"], one["state"], one["late"], one["said"]) for one in reviewed] == [
        ("Menyusun jadwal", "berjalan", True, "Menunggu jawaban"),
        ("Lain", "selesai", False, ""),
    ]
    own = make_closed(cast, when=WHEN + 21 * DAY)
    assert documents.minutes_record(own)["items"][0]["reviewed"] == []


REVIEW = {"title": "Tindak lanjut", "standing_kind": "follow_ups", "access": "closed"}


def test_their_item_leaves_an_agenda_only_with_a_reason_that_stands_on_each(cast, row):
    draft = make_draft(cast, when=WHEN + 7 * DAY, agenda=[REVIEW, "Lain"])
    with clock.at(WHEN + 3 * DAY):
        with pytest.raises(ValidationError) as refused:
            lifecycle.remove_item(item_of(draft), by=cast.secretary, reason=" ")
        assert "reason" in refused.value.message_dict
        assert draft.items.count() == 2
        lifecycle.remove_item(item_of(draft), by=cast.secretary, reason="Ditinjau minggu depan.")
    assert [i.title for i in draft.items.all()] == ["Lain"]
    assert row.progress.get().text == f"Tidak ditinjau pada pleno {draft.week_text}: Ditinjau minggu depan."
    assert LedgerEntry.objects.filter(thing=str(row.uuid), action="plenos.follow_up.note").count() == 1


def test_their_item_leaves_freely_while_another_looks_through_them_or_none_is_unsettled(cast, row):
    draft = make_draft(cast, when=WHEN + 7 * DAY, agenda=[REVIEW, {**REVIEW, "title": "Lagi"}])
    with clock.at(WHEN + 3 * DAY):
        lifecycle.remove_item(item_of(draft), by=cast.secretary)
        following.stop(row, by=cast.chair, text="Tidak perlu lagi")
        lifecycle.remove_item(item_of(draft), by=cast.secretary)
    assert not draft.items.exists()


def test_the_desk_shows_what_is_mine_and_what_i_may_confirm(cast, row, at_once):
    assert follow_ups.waiting_for(cast.member) == ([row], [])
    assert follow_ups.waiting_for(cast.chair) == ([], [])
    act("report_done", row, cast.secretary)
    assert follow_ups.waiting_for(cast.chair) == ([], [row])
    assert follow_ups.waiting_for(cast.secretary) == follow_ups.waiting_for(cast.member) == ([], [])
    assert follow_ups.waiting_for(cast.province) == follow_ups.waiting_for(cast.neighbour) == ([], [])


def test_what_each_may_know(cast, row):
    division = division_of(cast, cast.staff)
    theirs = decide_with(cast, division=division, when=WHEN + DAY).follow_ups.get()
    with clock.at(FUTURE):
        assert set(follow_ups.readable(cast.chair)) == set(follow_ups.readable(cast.head)) == {row, theirs}
        assert set(follow_ups.readable(cast.staff)) == {theirs}
        for other in (cast.province, cast.province_chair, cast.national, cast.neighbour, cast.administrator):
            assert not follow_ups.readable(other).exists()
        seen = {name: follow_ups.sums(getattr(cast, name), cast.unit) for name in ROLES.values()}
    assert (seen["chair"].waiting, seen["chair"].late, seen["staff"].waiting) == (2, 2, 1)
    assert (seen["province"].waiting, seen["province_chair"].late) == (2, 2)
    assert (seen["province_staff"].waiting, seen["province_staff"].late) == (2, None)
    assert [seen[name] for name in ("neighbour", "national", "outsider", "administrator")] == [None] * 4


def test_divisions_of_the_unit_and_people_in_post_may_be_given_one(cast):
    people, divisions = follow_ups.able(cast.unit, WHEN)
    named, secretariat = {m.user for m in people}, {cast.secretary, cast.head, cast.staff}
    assert named >= {cast.chair, cast.member} | secretariat and cast.administrator not in named
    assert set(divisions) == set(Division.objects.filter(organisation=cast.unit))
