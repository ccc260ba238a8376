"""The pages of follow-ups over HTTP."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Division, Document
from plenos import lifecycle
from plenos.lifecycle import following
from plenos.models import Attachment, Decision, Progress

from ..factories import PDF, ROLES, WHEN, item_of, make_draft, make_open, membership, words
from ..test_following import DAY, decide_with


@pytest.fixture
def row(cast):
    return decide_with(cast, doer=membership(cast, cast.member), what="Menata berkas-kenari").follow_ups.get()


def test_progress_with_evidence_is_noted_and_reported(cast, row, sign_in):
    client = sign_in(cast.member)
    evidence = SimpleUploadedFile("bukti.pdf", PDF, content_type="application/pdf")
    answer = client.post(row.address("plenos:note_progress"), {"text": "Separuh jalan", "files": [evidence]})
    assert answer.url == row.get_absolute_url()
    page = words(client.get(row.get_absolute_url()))
    assert "Separuh jalan" in page
    attachment = Attachment.objects.get(progress__follow_up=row)
    assert reverse("plenos:attachment", args=[attachment.uuid]) in page
    client.post(row.address("plenos:report_done"), {"text": ""})
    row.refresh_from_db()
    assert row.state == "reported"
    assert 'href="' + row.address("plenos:confirm_done") not in words(client.get(row.get_absolute_url()))
    assert client.post(row.address("plenos:confirm_done"), {"text": ""}).status_code == 403


def test_an_error_keeps_what_was_typed(cast, row, sign_in):
    client = sign_in(cast.chair)
    answer = client.post(row.address("plenos:note_progress"), {"text": "  "})
    assert answer.status_code == 422
    assert "Tulis keterangannya" in words(answer)
    wrong = SimpleUploadedFile("bukti.pdf", b"bukan", content_type="application/pdf")
    answer = client.post(row.address("plenos:note_progress"), {"text": "Ketikan-kenari", "files": [wrong]})
    assert answer.status_code == 422
    assert "Ketikan-kenari" in words(answer)
    assert not Progress.objects.exists()


def test_a_step_that_is_over_says_so(cast, row, sign_in):
    following.report_done(row, by=cast.member)
    client = sign_in(cast.chair)
    assert client.get(row.address("plenos:confirm_done")).status_code == 200
    assert client.post(row.address("plenos:confirm_done"), {"text": ""}).url == row.get_absolute_url()
    assert client.post(row.address("plenos:confirm_done"), {"text": ""}).status_code == 409
    assert client.post(row.address("plenos:stop"), {"text": "Ulang-kenari"}).status_code == 409


def test_sent_back_without_a_reason_the_error_stands_at_the_field(cast, row, sign_in):
    following.report_done(row, by=cast.member)
    answer = sign_in(cast.chair).post(row.address("plenos:send_back"), {"text": ""})
    assert answer.status_code == 422
    assert 'id="error_1_id_text"' in answer.content.decode() or "invalid-feedback" in answer.content.decode()


@pytest.mark.parametrize("verb", ["note_progress", "report_done", "confirm_done", "send_back", "stop"])
@pytest.mark.parametrize("who", ["neighbour", "outsider", "province", "national", "staff", "administrator"])
def test_who_may_not_read_it_finds_nothing(cast, row, sign_in, verb, who):
    client = sign_in(getattr(cast, who))
    assert client.post(row.address(f"plenos:{verb}"), {"text": "x"}).status_code == 404
    assert client.get(row.get_absolute_url()).status_code == 404


def test_from_the_room_one_comes_back_to_the_room_and_nowhere_else(cast, row, sign_in):
    agenda = [{"title": "Tindak lanjut", "standing_kind": "follow_ups", "access": "closed"}]
    pleno = make_open(cast, when=WHEN + 7 * DAY, agenda=agenda)
    client = sign_in(cast.secretary)
    room = pleno.address("plenos:room")
    assert "berkas-kenari" in words(client.get(room))
    back = f"{room}?agenda=1"
    assert client.post(row.address("plenos:note_progress"), {"text": "Jalan", "back": back}).url == back
    away = client.post(row.address("plenos:note_progress"), {"text": "Jalan", "back": "https://jahat.example/"})
    assert away.url == row.get_absolute_url()


def test_what_no_item_looks_through_stands_beside_the_agenda_and_in_the_room(cast, row, sign_in):
    client, review = sign_in(cast.secretary), {"title": "Tindak lanjut", "standing_kind": "follow_ups"}
    beside = "Tidak ada pokok agenda yang meninjaunya"
    for agenda, there in ((["Lain"], True), ([review, "Lain"], False)):
        draft = make_draft(cast, when=clock.now() + 7 * DAY, agenda=agenda)
        page = words(client.get(draft.address("plenos:agenda")))
        assert ("berkas-kenari" in page, beside in page) == (there, there)
    for agenda, there, week in ((["Lain"], True, 7), ([review, "Lain"], False, 14)):
        pleno = make_open(cast, when=WHEN + week * DAY, agenda=agenda)
        page = words(client.get(pleno.address("plenos:room")))
        assert "berkas-kenari" in page and (beside in page) == there
        with clock.at(pleno.opened_at + DAY / 24):
            lifecycle.close(
                pleno, by=cast.secretary, fates=[(i, "withdraw") for i in pleno.items.all()], reason="Habis"
            )


def test_their_item_is_taken_off_on_a_page_that_asks_why(cast, row, sign_in):
    client = sign_in(cast.secretary)
    review = {"title": "Tindak lanjut", "standing_kind": "follow_ups"}
    draft = make_draft(cast, when=clock.now() + 7 * DAY, agenda=[review, "Lain"])
    leave = draft.address("plenos:item_leave", uuid=item_of(draft).uuid)
    assert leave in words(client.get(draft.address("plenos:agenda")))
    assert client.post(draft.address("plenos:item_remove", uuid=item_of(draft).uuid)).url == leave
    assert "Keluarkan dengan alasan ini" in words(client.get(leave))
    assert client.post(leave, {"reason": " "}).status_code == 422
    assert client.post(leave).status_code == 409
    assert draft.items.count() == 2
    assert client.post(leave, {"reason": "Ditinjau minggu depan."}).status_code == 302
    assert draft.items.count() == 1
    assert "Ditinjau minggu depan." in words(client.get(draft.address("plenos:agenda")))


def test_in_the_room_a_division_and_an_earlier_decision_are_named(cast, row, sign_in):
    pleno = make_open(cast, when=clock.now() - datetime.timedelta(minutes=20))
    client, item = sign_in(cast.secretary), item_of(pleno)
    division = Division.objects.filter(organisation=cast.unit).first()
    day = clock.today(cast.unit)
    facts = {"category": "plan", "manner": "consensus", "text": "Mencabut.", "notes_version": 0, "notes_were": ""}
    facts |= {"what_1": "Menarik surat", "who_1": f"d{division.pk}", "due_1": (day - DAY).isoformat()}
    facts |= {"reverses": "2024/99"}
    answer = client.post(pleno.address("plenos:decide", uuid=item.uuid), facts)
    assert answer.status_code == 422
    assert "Tenggat tidak boleh sebelum hari plenonya" in words(answer)
    assert "Tidak ada keputusan unit ini dengan rujukan" in words(answer)
    facts |= {"due_1": day.isoformat(), "reverses": row.decision.reference}
    assert client.post(pleno.address("plenos:decide", uuid=item.uuid), facts).status_code == 302
    made = Decision.objects.get(pleno=pleno)
    assert made.reverses == row.decision
    assert made.follow_ups.get().division == division


def test_the_list_filters_and_puts_the_overdue_first(cast, row, sign_in):
    later = decide_with(
        cast,
        doer=membership(cast, cast.chair),
        what="Nanti-kenari",
        when=WHEN + 7 * DAY,
        due=datetime.date(2099, 1, 1),
    ).follow_ups.get()
    client = sign_in(cast.chair)
    url = reverse("plenos:follow_ups", args=[cast.unit.code])
    page = words(client.get(url))
    assert page.index("berkas-kenari") < page.index("Nanti-kenari")
    late = words(client.get(url, {"keadaan": "lewat"}))
    assert "berkas-kenari" in late
    assert "Nanti-kenari" not in late
    theirs = words(client.get(url, {"siapa": str(membership(cast, cast.chair).uuid), "tahun": "2024"}))
    assert "Nanti-kenari" in theirs
    assert "berkas-kenari" not in theirs
    assert "berkas-kenari" in words(client.get(url, {"keadaan": "ngawur", "tahun": "x", "siapa": "1"}))
    following.stop(later, by=cast.chair, text="x")
    assert "Nanti-kenari" in words(client.get(url, {"keadaan": "dihentikan"}))


def test_the_level_above_sees_counts_and_lateness_and_no_words(cast, row, sign_in):
    url = reverse("plenos:follow_ups", args=[cast.unit.code])
    seen = {name: sign_in(getattr(cast, name)).get(url) for name in ROLES.values()}
    for name in ("province", "province_chair", "province_staff"):
        assert seen[name].status_code == 200
        assert "berkas-kenari" not in words(seen[name])
        assert "Anggota 2" not in words(seen[name]).split("<main")[1]
    assert "lewat tenggat" in words(seen["province"])
    assert "lewat tenggat" not in words(seen["province_staff"]).split("<main")[1]
    assert [seen[n].status_code for n in ("national", "neighbour", "outsider", "administrator")] == [404] * 4
    for export in ("?bentuk=xlsx", ""):
        client = sign_in(cast.province)
        answer = client.get(url + export) if export else client.post(url, {"cetak": "1"})
        assert b"berkas-kenari" not in b"".join(answer) if answer.status_code == 200 else True
    assert not Document.objects.filter(record__icontains="berkas-kenari", created_by=cast.province).exists()


# --- the register and one decision ----------------------------------------------------------------------


def test_the_room_proposes_earlier_decisions_to_reverse_only_when_asked(cast, sign_in):
    decide_with(cast, doer=membership(cast, cast.member))
    pleno = make_open(cast, when=WHEN + 14 * DAY)
    with clock.at(pleno.opened_at + DAY / 24):
        room = sign_in(cast.secretary).get(pleno.address("plenos:room")).content.decode()
        address = pleno.address("plenos:earlier_decisions")
        assert f'hx-get="{address}"' in room
        assert 'value="2024/1"' not in room
        proposed = sign_in(cast.secretary).get(address).content.decode()
        assert '<option value="2024/1">Jadwal</option>' in proposed
        assert sign_in(cast.member).get(address).status_code == 403
        assert sign_in(cast.outsider).get(address).status_code == 404
