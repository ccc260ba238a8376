"""Issue 3.4: notes, decisions, votes, dissent, undoing, closing and the numbers of decisions."""

import datetime
import uuid

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock, texts
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from plenos import lifecycle

from ..factories import (
    WHEN,
    decide_all,
    item_of,
    lines,
    make_closed,
    make_invited,
    make_open,
    make_signing,
    membership,
    row_of,
)

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
WEEK = datetime.timedelta(weeks=1)


@pytest.fixture
def pleno(cast):
    """An open session of five with three items, four present: seat five is ill."""
    return make_open(cast, exceptions={5: "ill"})


def decide(pleno, by, order=1, minutes=10, **facts):
    with clock.at(WHEN + minutes * MINUTE):
        return lifecycle.decide(item_of(pleno, order), by=by, **{"category": "plan", "text": "Setuju.", **facts})


def vote(pleno, by, choices, order=1, **facts):
    """A decision by vote: choices in order of seat, for those present."""
    rows = pleno.attendees.members().filter(status="present")
    votes = {row.pk: choice for row, choice in zip(rows, choices, strict=False)}
    return decide(pleno, by, order, manner="vote", votes=votes, **facts)


def close(pleno, by, minutes=120, **facts):
    with clock.at(WHEN + minutes * MINUTE):
        lifecycle.close(pleno, by=by, **facts)


def fate(pleno, order=1):
    return item_of(pleno, order).fate


# --- notes -----------------------------------------------------------------------------------------------


def test_of_two_who_wrote_notes_on_one_version_both_texts_are_kept(cast, pleno):
    mine, theirs = item_of(pleno), item_of(pleno)
    assert lifecycle.write_notes(mine, by=cast.secretary, text="Ketua membuka.", version=0).refused is None
    saved = lifecycle.write_notes(theirs, by=cast.head, text="Pembahasan.", version=0)
    assert (saved.version, saved.refused.body, saved.refused.by) == (1, "<p>Pembahasan.</p>", cast.head)
    assert item_of(pleno).notes == "<p>Ketua membuka.</p>"
    assert [copy.body for copy in texts.refused_of(item_of(pleno), "notes")] == ["<p>Pembahasan.</p>"]
    lifecycle.write_notes(
        theirs, by=cast.head, text="Ketua membuka. Pembahasan.", version=1, settles=saved.refused.uuid
    )
    assert (item_of(pleno).notes_version, lines(pleno, "note")) == (2, 3)
    assert texts.refused_of(item_of(pleno), "notes") == []
    assert [copy.fate for copy in texts.versions_of(item_of(pleno), "notes")] == ["saved", "refused", "saved"]


def test_a_refused_text_is_set_aside_and_still_kept(cast, pleno):
    lifecycle.write_notes(item_of(pleno), by=cast.secretary, text="Ketua membuka.", version=0)
    refused = lifecycle.write_notes(item_of(pleno), by=cast.head, text="Pembahasan.", version=0).refused
    lifecycle.settle_notes(item_of(pleno), by=cast.chair, copy=refused.uuid)
    assert texts.refused_of(item_of(pleno), "notes") == []
    assert "<p>Pembahasan.</p>" in [copy.body for copy in texts.versions_of(item_of(pleno), "notes")]


def test_the_same_notes_saved_again_are_no_conflict(cast, pleno):
    lifecycle.write_notes(item_of(pleno), by=cast.secretary, text="Sama.", version=0)
    saved = lifecycle.write_notes(item_of(pleno), by=cast.head, text="Sama.", version=0)
    assert (item_of(pleno).notes, saved.refused, item_of(pleno).notes_version) == ("<p>Sama.</p>", None, 1)


def test_notes_are_still_written_after_closing_but_not_once_put_up(cast):
    lifecycle.write_notes(item_of(make_closed(cast)), by=cast.secretary, text="Dilengkapi.", version=0)
    with pytest.raises(TransitionRefused):
        lifecycle.write_notes(
            item_of(make_signing(cast, when=WHEN + WEEK)), by=cast.secretary, text="Terlambat.", version=0
        )


def test_a_decision_stands_and_the_notes_of_its_form_are_kept_where_they_collide(cast, pleno):
    lifecycle.write_notes(item_of(pleno), by=cast.head, text="Dari kepala sekretariat.", version=0)
    decide(pleno, cast.secretary, notes={"body": "Dari notulis.", "version": 0})
    assert (pleno.decisions.count(), item_of(pleno).notes, fate(pleno)) == (
        1,
        "<p>Dari kepala sekretariat.</p>",
        "decided",
    )
    [refused] = texts.refused_of(item_of(pleno), "notes")
    assert (refused.body, refused.by) == ("<p>Dari notulis.</p>", cast.secretary)


def test_a_decision_that_is_refused_leaves_no_notes_behind(cast, pleno):
    with pytest.raises(ValidationError):
        decide(pleno, cast.secretary, notes={"body": "Dari notulis.", "version": 0}, manner="vote", votes={})
    assert (item_of(pleno).notes, fate(pleno)) == ("", "waiting")


def test_a_later_save_of_the_same_open_page_is_no_conflict(cast, pleno):
    page, another = uuid.uuid4(), uuid.uuid4()
    lifecycle.write_notes(item_of(pleno), by=cast.secretary, text="Satu.", version=0, page=page)
    lifecycle.write_notes(item_of(pleno), by=cast.secretary, text="Satu dua.", version=0, page=page)
    assert item_of(pleno).notes == "<p>Satu dua.</p>"
    assert lifecycle.write_notes(item_of(pleno), by=cast.head, text="Tiga.", version=0, page=another).refused
    assert item_of(pleno).notes == "<p>Satu dua.</p>"


# --- deciding --------------------------------------------------------------------------------------------


def test_consensus_freezes_who_was_entitled_present_and_the_quorum(cast, pleno):
    decision = decide(pleno, cast.secretary, category="policy", text=" Menetapkan piket. ")
    assert (decision.entitled, decision.present, decision.quorum_needed) == (5, 4, 3)
    assert (decision.text, decision.manner, decision.result) == ("Menetapkan piket.", "consensus", "accepted")
    assert (decision.happened_at, decision.recorded_at) == (WHEN + 10 * MINUTE,) * 2
    assert decision.number is None
    assert fate(pleno) == "decided"


@pytest.mark.parametrize(
    ("choices", "result"),
    [
        (["agree", "agree", "agree", "against"], "accepted"),
        (["against", "against", "agree", "abstain"], "rejected"),
        (["agree", "abstain", "abstain", "abstain"], "accepted"),
    ],
)
def test_the_majority_of_votes_by_name_decides(cast, pleno, choices, result):
    decision = vote(pleno, cast.secretary, choices)
    assert decision.result == result
    assert [v.choice for v in decision.votes.all()] == choices
    assert [v.attendee.user for v in decision.votes.all()] == cast.members[:4]
    assert fate(pleno) == "decided"


@pytest.mark.parametrize("choices", [["agree", "agree", "against", "against"], ["abstain"] * 4])
def test_a_tie_is_recorded_and_decides_nothing(cast, pleno, choices):
    decision = vote(pleno, cast.secretary, choices)
    assert decision.result == "tied"
    assert fate(pleno) == "waiting"
    with pytest.raises(TransitionRefused, match="3 agenda belum jelas"):
        close(pleno, cast.secretary)


def test_a_tie_gets_no_number_when_the_item_is_decided_after_all(cast, pleno):
    tied = vote(pleno, cast.secretary, ["agree", "agree", "against", "against"])
    decided = vote(pleno, cast.secretary, ["agree", "agree", "agree", "against"], minutes=20)
    decide(pleno, cast.secretary, 2, minutes=30)
    decide(pleno, cast.secretary, 3, minutes=31)
    close(pleno, cast.secretary)
    tied.refresh_from_db()
    decided.refresh_from_db()
    assert (tied.number, decided.number) == (None, 1)
    assert sorted(pleno.decisions.exclude(number=None).values_list("number", flat=True)) == [1, 2, 3]


def test_every_member_present_votes_and_nobody_else(cast, pleno):
    rows = {a.user: a.pk for a in pleno.attendees.all()}
    everyone = {rows[user]: "agree" for user in cast.members[:4]}
    missing = {k: v for k, v in everyone.items() if k != rows[cast.member]}
    for votes in (
        missing,
        {**everyone, rows[cast.members[4]]: "agree"},
        {**everyone, rows[cast.secretary]: "agree"},
        {},
        {**everyone, rows[cast.chair]: "two"},
    ):
        with pytest.raises(ValidationError) as refused:
            decide(pleno, cast.secretary, manner="vote", votes=votes)
        assert "votes" in refused.value.message_dict
    assert not pleno.decisions.exists()


def test_who_left_before_the_vote_has_none(cast, pleno):
    with clock.at(WHEN + 9 * MINUTE):
        lifecycle.set_attendance(
            row_of(pleno, cast.member), by=cast.secretary, status="present", left_at=WHEN + 8 * MINUTE
        )
    everyone = {a.pk: "agree" for a in pleno.attendees.members().filter(status="present")}
    with pytest.raises(ValidationError):
        decide(pleno, cast.secretary, manner="vote", votes=everyone)
    everyone.pop(row_of(pleno, cast.member).pk)
    assert decide(pleno, cast.secretary, manner="vote", votes=everyone).present == 3


def test_consensus_knows_no_votes(cast, pleno):
    with pytest.raises(ValidationError):
        decide(pleno, cast.secretary, votes={row_of(pleno, cast.chair).pk: "agree"})


def test_dissent_is_kept_by_name_and_only_of_those_present(cast, pleno):
    chair, absent = row_of(pleno, cast.members[1]), row_of(pleno, cast.members[4])
    with pytest.raises(ValidationError):
        decide(pleno, cast.secretary, dissents={absent.pk: "Saya keberatan."})
    decision = decide(pleno, cast.secretary, dissents={chair.pk: " Terlalu cepat. ", absent.pk: "  "})
    assert [(d.attendee.user, d.text) for d in decision.dissents.all()] == [(cast.member, "Terlalu cepat.")]


def test_a_decision_says_something(cast, pleno):
    with pytest.raises(ValidationError):
        decide(pleno, cast.secretary, text="  ")


def test_follow_ups_hang_on_their_decision(cast, pleno):
    who = membership(cast, cast.staff)
    due = datetime.date(2024, 8, 23)
    decision = decide(
        pleno, cast.secretary, follow_ups=[{"what": "Susun jadwal piket", "responsible": who, "due": due}]
    )
    follow_up = decision.follow_ups.get()
    assert (follow_up.pleno, follow_up.responsible, follow_up.due) == (pleno, who, due)


def test_two_decisions_on_one_item_both_stand(cast, pleno):
    decide(pleno, cast.secretary)
    decide(pleno, cast.secretary, minutes=12, text="Juga ini.")
    assert pleno.decisions.standing().count() == 2


# --- putting off, undoing --------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["defer", "withdraw"])
def test_an_item_is_put_off_or_withdrawn_with_a_reason_and_taken_up_again(cast, pleno, verb):
    settle = getattr(lifecycle, verb)
    with pytest.raises(ValidationError):
        settle(item_of(pleno), by=cast.secretary, reason=" ")
    settle(item_of(pleno), by=cast.secretary, reason="Bahan belum lengkap.")
    assert (fate(pleno), item_of(pleno).fate_reason) == (
        {"defer": "deferred", "withdraw": "withdrawn"}[verb],
        "Bahan belum lengkap.",
    )
    with pytest.raises(TransitionRefused, match="Buka kembali"):
        decide(pleno, cast.secretary)
    lifecycle.reopen_item(item_of(pleno), by=cast.secretary)
    assert fate(pleno) == "waiting"
    decide(pleno, cast.secretary)


def test_a_decided_item_is_not_put_off_and_a_waiting_one_not_reopened(cast, pleno):
    with pytest.raises(TransitionRefused):
        lifecycle.reopen_item(item_of(pleno), by=cast.secretary)
    decide(pleno, cast.secretary)
    for verb in (lifecycle.defer, lifecycle.withdraw):
        with pytest.raises(TransitionRefused, match="sudah diputuskan"):
            verb(item_of(pleno), by=cast.secretary, reason="x")


def undo(decision, pleno, by):
    decision.pleno = pleno
    with clock.at(WHEN + 60 * MINUTE):
        lifecycle.undo_decision(decision, by=by)


def test_a_slip_is_undone_once_and_leaves_its_trace(cast, pleno):
    decision = decide(pleno, cast.secretary)
    undo(decision, pleno, cast.head)
    decision.refresh_from_db()
    assert (decision.undone_by, decision.undone_at) == (cast.head, WHEN + 60 * MINUTE)
    assert fate(pleno) == "waiting"
    with pytest.raises(TransitionRefused):
        undo(decision, pleno, cast.head)


def test_undoing_one_of_two_leaves_the_item_decided(cast, pleno):
    first = decide(pleno, cast.secretary)
    decide(pleno, cast.secretary, minutes=12)
    undo(first, pleno, cast.secretary)
    assert fate(pleno) == "decided"


def test_after_closing_nothing_is_undone_or_decided(cast):
    pleno = make_closed(cast)
    with pytest.raises(TransitionRefused):
        undo(pleno.decisions.first(), pleno, cast.secretary)
    with pytest.raises(TransitionRefused):
        decide(pleno, cast.secretary, minutes=180)


# --- closing ---------------------------------------------------------------------------------------------


def test_close_is_refused_while_an_item_is_open_and_names_it(cast, pleno):
    decide(pleno, cast.secretary)
    with pytest.raises(TransitionRefused, match="Rencana kerja divisi pekan ini; 3"):
        close(pleno, cast.secretary)
    pleno.refresh_from_db()
    assert (pleno.state, pleno.closed_at) == ("open", None)


def test_closing_takes_the_fate_of_what_is_open_in_one_act(cast, pleno):
    decide(pleno, cast.secretary)
    fates = [(item_of(pleno, 2), "defer"), (item_of(pleno, 3), "withdraw")]
    with pytest.raises(ValidationError):
        close(pleno, cast.secretary, fates=fates)
    assert fate(pleno, 2) == "waiting"
    close(pleno, cast.secretary, fates=fates, reason="Habis waktu.")
    assert [i.fate for i in pleno.items.all()] == ["decided", "deferred", "withdrawn"]
    assert (lines(pleno, "close"), lines(pleno, "defer")) == (1, 0)


def test_closing_is_not_before_the_last_decision_or_the_opening(cast, pleno):
    decide_all(pleno, cast.secretary)
    for moment in (WHEN + 14 * MINUTE, WHEN - MINUTE):
        with pytest.raises(ValidationError):
            close(pleno, cast.secretary, happened_at=moment)


def numbers(pleno):
    return list(pleno.decisions.standing().order_by("item__order", "id").values_list("number", flat=True))


def test_numbers_follow_the_agenda_not_the_hour_and_skip_what_was_undone(cast, pleno):
    decide(pleno, cast.secretary, 3, minutes=5)
    slip = decide(pleno, cast.secretary, 2, minutes=6)
    undo(slip, pleno, cast.secretary)
    decide(pleno, cast.secretary, 2, minutes=7)
    decide(pleno, cast.secretary, 1, minutes=8)
    assert numbers(pleno) == [None, None, None]
    close(pleno, cast.secretary)
    slip.refresh_from_db()
    assert (numbers(pleno), slip.number) == ([1, 2, 3], None)


def test_numbers_run_on_in_the_body_and_begin_anew_with_the_year(cast):
    assert numbers(make_closed(cast)) == [1, 2, 3]
    assert numbers(make_closed(cast, when=WHEN + WEEK)) == [4, 5, 6]
    following = make_closed(cast, when=WHEN + 30 * WEEK)
    assert numbers(following) == [1, 2, 3]
    assert following.decisions.first().reference == "74.71/2025/1"


def test_a_decision_of_new_years_eve_counts_in_the_year_of_the_unit(cast):
    """30 December 2024 at 23.30 WITA belongs to ISO week 2025-W01, its decisions to 2024."""
    pleno = make_closed(cast, when=datetime.datetime(2024, 12, 30, 15, 30, tzinfo=datetime.UTC))
    assert pleno.week_text == "2025-W01"
    assert {d.year for d in pleno.decisions.all()} == {2024}


def test_an_item_added_in_the_room_is_decided_like_the_others(cast, pleno):
    item = lifecycle.add_item(pleno, by=cast.secretary, title="Lampu kantor")
    assert (item.order, item.access) == (4, "closed")
    decide(pleno, cast.secretary, 4)


def test_nothing_is_decided_before_the_opening(cast):
    with pytest.raises(TransitionRefused):
        decide(make_invited(cast), cast.secretary)


def test_from_the_room_an_item_that_someone_else_decided_meanwhile_is_refused(cast, pleno):
    decide(pleno, cast.chair, once=True)
    with pytest.raises(TransitionRefused, match="sudah diputuskan"):
        decide(pleno, cast.secretary, once=True)
    assert item_of(pleno).decisions.count() == 1
