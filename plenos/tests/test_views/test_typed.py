"""Nothing that was typed is ever lost: not on a refusal, not on a mistake, not when two are at work."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bawaslu_portal.kernel import clock
from plenos import lifecycle
from plenos.models import Pleno

from ..factories import WHEN, item_of, make_closed, make_open, make_signing, plan_facts, row_of, sign_all, words
from ..test_matrix import at_stage, moment_for
from ..test_matrix_pages import PAGES, address

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HTMX = {"HTTP_HX_REQUEST": "true"}

LONG = "Kalimat panjang yang sudah diketik dengan susah payah"
# What a careful secretary may have typed into the form of a verb that is refused just then.
TYPED = {
    "edit": {"place": LONG},
    "add_item": {"title": LONG, "background": f"{LONG} di bawahnya", "access": "closed"},
    "edit_item": {"title": LONG, "background": f"{LONG} di bawahnya", "access": "closed"},
    "add_guest": {"name": LONG, "title": "Camat dari jauh"},
    "reschedule": {"place": LONG, "reason": f"{LONG} sekali lagi"},
    "cancel": {"reason": LONG},
    "open_session": {"chair_reason": LONG},
    "set_attendance": {"reason": LONG},
    "write_notes": {"notes": LONG, "notes_version": "0"},
    "decide": {"text": LONG, "notes": f"{LONG} catatannya"},
    "defer": {"reason": LONG},
    "withdraw": {"reason": LONG},
    "add_scan": {"caption": LONG},
    "word": {"opening_words": LONG, "closing_words": f"{LONG} penutupnya"},
    "take_back": {"reason": LONG},
    "excuse": {"reason": LONG},
}


@pytest.mark.parametrize("verb", sorted(TYPED))
def test_what_was_typed_still_stands_on_the_page_that_refuses(verb, cast, world, clients):
    name, part, form, _ok, refused = PAGES[verb]
    pleno = at_stage(world, verb, refused)
    typed = TYPED[verb]
    with clock.at(moment_for(pleno, verb)):
        if verb == "set_attendance":
            typed = {f"a{part(pleno).pk}-reason": LONG}
        data = {**form(pleno, cast), **typed}
        answer = clients["note_taker"].post(address(name, pleno, part), data)
    assert answer.status_code == 409
    page = words(answer)
    for text in typed.values():
        assert text == "0" or text == "closed" or text in page, text


# verb, stage, what was typed wrongly, what else was typed and must stay
WRONG = [
    ("edit", "draft", {"place": ""}, {"chair_reason": LONG}),
    ("add_item", "draft", {"title": ""}, {"background": LONG}),
    ("edit_item", "draft", {"title": "x" * 201}, {"background": LONG}),
    ("add_guest", "invited", {"name": ""}, {"title": LONG}),
    ("reschedule", "invited", {"reason": ""}, {"place": LONG}),
    ("reschedule", "invited", {"planned_at": "2020-01-01T10:00"}, {"place": LONG}),
    ("cancel", "invited", {"reason": f"{LONG} " * 10}, {"reason": LONG}),
    ("open_session", "invited", {"chair": "0"}, {"chair_reason": LONG}),
    ("decide", "open", {"text": ""}, {"notes": LONG}),
    ("decide", "open", {"what_1": "Susun jadwal piket"}, {"text": LONG, "what_1": "Susun jadwal piket"}),
    ("decide", "open", {"manner": "vote"}, {"text": LONG}),
    ("write_notes", "open", {"notes": "z" * 20001}, {"notes": "z" * 20001}),
    ("defer", "open", {"reason": f"{LONG} " * 10}, {"reason": LONG}),
    ("add_scan", "closed", {"scan": SimpleUploadedFile("x.pdf", b"MZ")}, {"caption": LONG}),
    ("put_up", "closed", {"dated": "2031-01-01"}, {"dated": "2031-01-01"}),
    ("take_back", "signing", {"reason": f"{LONG} " * 10}, {"reason": LONG}),
    ("excuse", "signing", {"reason": f"{LONG} " * 10}, {"reason": LONG}),
    ("sign_by_hand", "signing", {"scan": SimpleUploadedFile("x.pdf", b"MZ")}, {"signed_on": "2024-08-19"}),
]


@pytest.mark.parametrize(("verb", "stage", "wrong", "stays"), WRONG)
def test_a_form_with_a_mistake_answers_422_with_everything_typed(verb, stage, wrong, stays, cast, world, clients):
    name, part, form, *_states = PAGES[verb]
    pleno = Pleno.objects.select_related("organisation").get(pk=world[stage])
    with clock.at(moment_for(pleno, verb)):
        data = {**form(pleno, cast), **stays, **wrong}
        answer = clients["note_taker"].post(address(name, pleno, part), data)
    assert answer.status_code == 422
    page = words(answer)
    for text in stays.values():
        assert text in page, text
    pleno.refresh_from_db()
    assert pleno.state == stage


def test_a_plan_with_a_mistake_keeps_agenda_and_guests(cast, clients):
    data = plan_facts(cast, week="entah kapan", guests="Camat Mandonga, Camat", place=LONG)
    answer = clients["note_taker"].post(reverse("plenos:plan", kwargs={"code": "74.71"}), data)
    assert answer.status_code == 422
    for text in ("entah kapan", "Rencana kerja", "Camat Mandonga, Camat", LONG):
        assert text in words(answer)
    assert not Pleno.objects.filter(place=LONG).exists()


# --- two at work -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_of_two_notes_both_texts_are_shown(extra, cast, clients):
    pleno = make_open(cast)
    lifecycle.write_notes(item_of(pleno), by=cast.head, text="Naskah kepala sekretariat.", version=0)
    answer = clients["note_taker"].post(
        pleno.address("plenos:notes", uuid=item_of(pleno).uuid),
        {"notes": "Naskah notulis yang lain.", "notes_version": "0"},
        **extra,
    )
    assert answer.status_code == 409
    for text in ("Naskah kepala sekretariat.", "Naskah notulis yang lain."):
        assert text in words(answer)
    assert item_of(pleno).notes == "<p>Naskah kepala sekretariat.</p>"


def test_a_decision_upon_changed_notes_loses_neither(cast, clients):
    pleno = make_open(cast)
    lifecycle.write_notes(item_of(pleno), by=cast.head, text="Naskah kepala sekretariat.", version=0)
    data = {"notes": "Naskah notulis.", "notes_version": "0", "text": LONG, "category": "plan", "manner": "consensus"}
    answer = clients["note_taker"].post(pleno.address("plenos:decide", uuid=item_of(pleno).uuid), data, follow=True)
    assert "ada dua naskah" in words(answer)
    assert pleno.decisions.get().text == LONG
    page = words(clients["note_taker"].get(pleno.address("plenos:notes", uuid=item_of(pleno).uuid)))
    for text in ("Naskah kepala sekretariat.", "Naskah notulis."):
        assert text in page


def test_of_two_who_word_the_minutes_the_second_keeps_his_words(cast, clients):
    pleno = make_closed(cast)
    seen = lifecycle.words_digest(pleno)
    lifecycle.word(pleno, by=cast.head, opening_words="Pembukaan kepala sekretariat.", closing_words="")
    answer = clients["note_taker"].post(
        pleno.address("plenos:minutes"), {"opening_words": "Pembukaan notulis.", "words_read": seen}
    )
    assert answer.status_code == 409
    for text in ("Pembukaan notulis.", "Pembukaan kepala sekretariat.", lifecycle.words_digest(pleno)):
        assert text in words(answer)
    pleno.refresh_from_db()
    assert pleno.opening_words == "Pembukaan kepala sekretariat."


def test_minutes_frozen_anew_meanwhile_are_not_confirmed(cast, clients):
    pleno = make_signing(cast)
    for name in ("confirm", "ratify"):
        if name == "ratify":
            sign_all(pleno)
        answer = clients["chair"].post(pleno.address(f"plenos:{name}"), {"digest": "0" * 64})
        assert answer.status_code == 409
        assert "dibekukan ulang" in words(answer)
    pleno.refresh_from_db()
    assert pleno.state == "signing"


def test_the_same_form_twice_plans_once(cast, clients):
    url = reverse("plenos:plan", kwargs={"code": "74.71"})
    data = plan_facts(cast, request_key=str(uuid.uuid4()), place=LONG)
    first, second = (clients["note_taker"].post(url, data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Pleno.objects.filter(place=LONG).count() == 1


def test_attendance_by_htmx_answers_with_a_fragment(cast, clients):
    pleno = make_open(cast)
    row = row_of(pleno, cast.member)
    with clock.at(WHEN + DAY / 24):
        answer = clients["note_taker"].post(
            pleno.address("plenos:attend", uuid=row.uuid),
            {f"a{row.pk}-status": "ill:onsite", f"a{row.pk}-reason": "demam"},
            **HTMX,
        )
    assert answer.status_code == 200
    assert "<html" not in words(answer)
    row.refresh_from_db()
    assert (row.status, row.reason) == ("ill", "demam")
