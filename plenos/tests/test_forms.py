"""What a form takes and what it refuses, by its shape alone."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from bawaslu_portal.kernel import clock, uploads
from bawaslu_portal.kernel.models import Division
from plenos import follow_ups, register
from plenos.forms import (
    AttendanceForm,
    CloseForm,
    DecideForm,
    EditForm,
    HandSignatureForm,
    OpenForm,
    PlanForm,
    ScanForm,
)
from plenos.forms.fields import LocalDateTimeField, WeekField

from .factories import LATER, PDF, WHEN, make_draft, make_held, make_held_open, make_open, membership, row_of, scan

MINUTE = datetime.timedelta(minutes=1)


# --- the week --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "week"),
    [("2024-W34", (2024, 34)), (" 2024-w05 ", (2024, 5)), ("2020-W53", (2020, 53)), ("2024-W1", (2024, 1))],
)
def test_a_week_is_read_as_browsers_write_it(typed, week):
    assert WeekField().clean(typed) == week


@pytest.mark.parametrize("typed", ["", "34", "2024-34", "2024-W54", "2023-W53", "2024-W00", "minggu ini", "2024-W3-W4"])
def test_a_week_that_does_not_exist_is_told(typed):
    with pytest.raises(ValidationError):
        WeekField().clean(typed)


def test_an_hour_is_read_in_the_zone_of_the_unit_and_shown_in_it():
    field = LocalDateTimeField()
    field.zone = datetime.timezone(datetime.timedelta(hours=8))
    assert field.clean("2024-08-19T10:00") == WHEN
    assert field.prepare_value(WHEN) == datetime.datetime(2024, 8, 19, 10, 0)
    for wrong in ("19 Agustus", "0024-08-19T10:00", "2024-08-19T25:00"):
        with pytest.raises(ValidationError):
            field.clean(wrong)


# --- planning --------------------------------------------------------------------------------------------


def plan_form(cast, **changes):
    data = {
        "week": "2024-W34",
        "planned_at": "2024-08-19T10:00",
        "place": "Aula",
        "access": "closed",
        "occasion": "weekly",
        "chair": membership(cast, cast.chair).pk,
        "agenda": "Laporan\n\n  Rencana  \n",
        "guests": "Camat Mandonga, Camat\n\nAkademisi\n",
    }
    with clock.at(WHEN - datetime.timedelta(days=3)):
        form = PlanForm({**data, **changes}, organisation=cast.unit)
        form.is_valid()
    return form


@pytest.mark.django_db
def test_one_item_and_one_guest_a_line(cast):
    facts = plan_form(cast).facts()
    assert facts["agenda"] == ["Laporan", "Rencana"]
    assert facts["guests"] == [{"name": "Camat Mandonga", "title": "Camat"}, {"name": "Akademisi", "title": ""}]
    assert (facts["year"], facts["week"], facts["planned_at"], facts["recorded_late"]) == (2024, 34, WHEN, False)
    assert not {"request_key", "state", "organisation"} & set(facts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("week", "2024-W50"),
        ("week", "2034-W34"),
        ("agenda", "x" * 201),
        ("agenda", "\n".join("abc" for _ in range(101))),
        ("agenda", " \n "),
        ("place", " "),
        ("planned_at", "2024-08-10T10:00"),
        ("access", "rahasia"),
        ("link", "javascript:alert(1)"),
        ("chair", "0"),
    ],
)
def test_what_cannot_be_planned_is_told_at_its_field(cast, field, value):
    form = plan_form(cast, **{field: value})
    assert field in form.errors


@pytest.mark.django_db
def test_a_pleno_already_held_lies_in_the_past_and_another_to_come(cast):
    assert "planned_at" in plan_form(cast, recorded_late="on").errors
    held = plan_form(cast, recorded_late="on", planned_at="2024-08-12T10:00", week="2024-W33")
    assert held.errors == {}
    assert held.facts()["recorded_late"] is True


@pytest.mark.django_db
def test_who_was_in_office_on_the_typed_day_may_be_chosen(cast):
    seat = membership(cast, cast.members[4])
    seat.until = WHEN
    seat.save()
    with clock.at(WHEN + LATER):
        form = PlanForm({"planned_at": "2024-08-12T10:00", "recorded_late": "on"}, organisation=cast.unit)
        now_only = PlanForm({"planned_at": ""}, organisation=cast.unit)
        assert seat in form.fields["chair"].queryset
        assert seat not in now_only.fields["chair"].queryset


@pytest.mark.django_db
def test_people_of_other_units_are_no_choice(cast):
    form = plan_form(cast)
    for name in ("chair", "note_taker"):
        assert {m.organisation for m in form.fields[name].queryset} == {cast.unit}


@pytest.mark.django_db
def test_a_draft_keeps_its_week(cast):
    with clock.at(WHEN - datetime.timedelta(days=3)):
        form = EditForm(None, organisation=make_draft(cast).organisation)
    assert "week" not in form.fields
    assert "version" in form.fields


# --- the room --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_opening_asks_for_each_member_and_for_a_held_one_its_hour(cast):
    pleno = make_draft(cast)
    seats = [membership(cast, user) for user in cast.members]
    data = {f"status_{m.pk}": "present:onsite" for m in seats} | {"chair": seats[0].pk}
    data |= {
        f"status_{seats[1].pk}": "present:online",
        f"reason_{seats[2].pk}": "demam",
        f"status_{seats[2].pk}": "ill:onsite",
    }
    form = OpenForm(data, pleno=pleno, members=seats)
    assert form.is_valid()
    marked = form.exceptions()
    assert (marked[seats[1].pk]["status"], marked[seats[1].pk]["mode"]) == ("present", "online")
    assert marked[seats[2].pk] == {"status": "ill", "mode": "onsite", "reason": "demam"}
    assert "happened_at" in OpenForm(data, pleno=make_held(cast), members=seats).errors


@pytest.mark.django_db
def test_attendance_has_only_the_known_statuses(cast):
    row = row_of(make_open(cast), cast.member)
    good = AttendanceForm({f"a{row.pk}-status": "on_duty:onsite", f"a{row.pk}-left_at": ""}, attendee=row)
    assert good.is_valid()
    assert good.facts()["status"] == "on_duty"
    assert not AttendanceForm({f"a{row.pk}-status": "asleep"}, attendee=row).is_valid()


def decide_form(cast, pleno, present=None, **changes):
    present = present or list(pleno.attendees.members())
    data = {"text": "Setuju.", "category": "plan", "manner": "consensus", "notes": "", "notes_version": "0"}
    form = DecideForm(
        {**data, **changes},
        pleno=pleno,
        present=present,
        doers=follow_ups.able(cast.unit, pleno.opened_at),
        decisions=lambda: register.readable(cast.secretary, cast.unit),
    )
    form.is_valid()
    return form


@pytest.mark.django_db
def test_a_follow_up_needs_what_who_and_until_when(cast):
    pleno = make_open(cast)
    who = str(membership(cast, cast.staff).pk)
    whole = {"what_1": "Susun jadwal", "who_1": who, "due_1": "2024-08-23"}
    assert decide_form(cast, pleno, **whole).facts()["follow_ups"] == [
        {"what": "Susun jadwal", "responsible": membership(cast, cast.staff), "due": datetime.date(2024, 8, 23)}
    ]
    for missing in whole:
        form = decide_form(cast, pleno, **{**whole, missing: ""})
        assert "tiga hal" in str(form.errors["what_1"]), missing
    assert "due_1" in decide_form(cast, pleno, **{**whole, "due_1": "2024-08-18"}).errors
    assert "due_1" not in decide_form(cast, pleno, **{**whole, "due_1": "2024-08-19"}).errors
    division = Division.objects.filter(organisation=cast.unit).first()
    given = decide_form(cast, pleno, **{**whole, "who_1": f"d{division.pk}"}).facts()["follow_ups"]
    assert given == [{"what": "Susun jadwal", "division": division, "due": datetime.date(2024, 8, 23)}]
    elsewhere = Division.objects.filter(organisation=cast.neighbour_unit).first()
    assert "who_1" in decide_form(cast, pleno, **{**whole, "who_1": f"d{elsewhere.pk}"}).errors


@pytest.mark.django_db
def test_votes_are_taken_only_when_there_was_a_vote_and_never_made_up(cast):
    pleno = make_open(cast)
    rows = list(pleno.attendees.members())
    votes = {f"vote_{a.pk}": "agree" for a in rows}
    assert decide_form(cast, pleno, **votes).facts()["votes"] == {}
    assert decide_form(cast, pleno, manner="vote", **votes).facts()["votes"] == {a.pk: "agree" for a in rows}
    votes.pop(f"vote_{rows[2].pk}")
    assert rows[2].pk not in decide_form(cast, pleno, manner="vote", **votes).facts()["votes"]
    assert f"vote_{rows[0].pk}" in decide_form(cast, pleno, manner="vote", **{f"vote_{rows[0].pk}": "maybe"}).errors


@pytest.mark.django_db
def test_in_a_held_session_only_those_there_at_the_typed_hour_vote(cast):
    pleno = make_held_open(cast)
    rows = list(pleno.attendees.members())
    late = rows[4]
    late.arrived_at = WHEN + 30 * MINUTE
    votes = {f"vote_{a.pk}": "agree" for a in rows}
    for hour, voters in (("2024-08-19T10:29", rows[:4]), ("2024-08-19T10:30", rows)):
        form = decide_form(cast, pleno, present=rows, manner="vote", happened_at=hour, **votes)
        assert set(form.facts()["votes"]) == {a.pk for a in voters}
    assert "happened_at" in decide_form(cast, pleno, present=rows).errors


@pytest.mark.django_db
def test_texts_have_a_longest_length_and_an_empty_decision_is_told(cast):
    pleno = make_open(cast)
    errors = decide_form(cast, pleno, text=" ", notes="x" * 20001).errors
    assert set(errors) == {"text", "notes"}


@pytest.mark.django_db
def test_closing_takes_the_fate_of_each_open_item(cast):
    pleno = make_open(cast)
    items = list(pleno.items.all())
    form = CloseForm({f"fate_{items[0].pk}": "defer", f"fate_{items[1].pk}": ""}, pleno=pleno, waiting=items)
    assert form.is_valid()
    assert form.fates() == [(items[0], "defer")]
    assert not CloseForm({f"fate_{items[0].pk}": "forget"}, pleno=pleno, waiting=items).is_valid()


# --- scans -----------------------------------------------------------------------------------------------


def scan_form(upload):
    return ScanForm({"caption": "Daftar hadir"}, {"scan": upload})


def test_a_scan_is_taken_as_bytes_and_kind():
    form = scan_form(scan())
    assert form.is_valid()
    assert form.cleaned_data["scan"] == (PDF, "application/pdf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pindaian.pdf", b"MZ\x90\x00 this is a program"),
        ("pindaian.exe", PDF),
        ("pindaian.pdf", b""),
        ("foto.png", b"\x89PNG\r\n\x1a\n broken"),
        ("foto.jpg", PDF),
        ("halaman.html", b"<script>alert(1)</script>"),
    ],
)
def test_what_is_no_scan_is_told(name, content):
    form = scan_form(SimpleUploadedFile(name, content, content_type="application/pdf"))
    assert "scan" in form.errors


def test_a_scan_that_is_too_large_is_told_with_its_size(monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 1024)
    form = scan_form(SimpleUploadedFile("besar.pdf", PDF + b"0" * 2048))
    assert "terlalu besar" in str(form.errors["scan"])


def test_a_hand_signature_needs_its_day_and_its_scan():
    assert set(HandSignatureForm({}, {}).errors) == {"signed_on", "scan"}
    assert HandSignatureForm({"signed_on": "2024-08-19"}, {"scan": scan()}).is_valid()
