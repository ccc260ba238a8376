"""The pages of preparing over HTTP: one click, standing items, carry-over, inbox, the letter that comes too late."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Holiday, Setting
from plenos import intake, lifecycle, preparation
from plenos.models import Pleno, Submission

from ..factories import PDF, WHEN, item_of, make_draft, make_open, make_ratified, plan_facts, scan, words

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WEEK = 7 * DAY
FRIDAY = WHEN - 3 * DAY
ONE_AND_THREE = pytest.mark.parametrize("rows", [1, 3])


def of_unit(cast, name, **more):
    return reverse(f"plenos:{name}", kwargs={"code": cast.unit.code, **more})


def put_off(cast, count=1, when=WHEN - WEEK):
    """A closed pleno that put off ``count`` items."""
    pleno = make_open(cast, when=when, agenda=[f"Tertunda {n}" for n in range(1, count + 1)])
    with clock.at(pleno.opened_at + DAY / 24):
        for item in pleno.items.all():
            lifecycle.defer(item, by=cast.secretary, reason="Menunggu data.")
        lifecycle.close(pleno, by=cast.secretary)
    return pleno


# --- the next week ---------------------------------------------------------------------------------------


def test_the_next_week_is_shown_and_planned_with_one_click(cast, clients):
    put_off(cast)
    with clock.at(FRIDAY):
        page = words(clients["note_taker"].get(of_unit(cast, "next_week")))
        assert "Tertunda 1" in page and "ditunda dari" in page and "ke-33 2024</span></a>" in page
        listed = words(clients["note_taker"].get(of_unit(cast, "unit")))
        assert "Rencanakan minggu ke-34" in listed
        answer = clients["note_taker"].post(of_unit(cast, "next_week"), {"week": "2024-W34"})
        pleno = Pleno.objects.get(week=34)
        assert answer["Location"] == pleno.address("plenos:agenda")
        again = clients["note_taker"].post(of_unit(cast, "next_week"), {"week": "2024-W34"})
    assert again.status_code == 409
    assert pleno.items.filter(carried_from__isnull=False).count() == 1


def test_a_pleno_planned_by_hand_begins_with_what_waits_unless_it_was_held_already(cast, clients):
    Setting.objects.create(
        organisation=cast.unit, key="plenos.approve_last", value=True, since=WHEN.date(), source="uji"
    )
    put_off(cast)
    url = of_unit(cast, "plan")
    assert 'name="prepare"' in words(clients["note_taker"].get(url))
    assert clients["note_taker"].post(url, plan_facts(cast, prepare="on", place="")).status_code == 422
    assert clients["note_taker"].post(url, plan_facts(cast, prepare="on")).status_code == 302
    pleno = Pleno.objects.get(state="draft")
    titles = [item.title for item in pleno.items.all()]
    assert titles[0] == preparation.APPROVAL_TITLE
    assert "Tertunda 1" in titles and titles[-3:] == ["Laporan pekan lalu", "Rencana kerja", "Lampu kantor"]
    held = {"prepare": "on", "recorded_late": "on", "week": "2024-W30", "planned_at": "2024-07-22T10:00"}
    assert clients["note_taker"].post(url, plan_facts(cast, **held)).status_code == 302
    assert Pleno.objects.get(recorded_late=True).items.count() == 3


def test_a_holiday_is_said_before_and_after(cast, clients):
    Holiday.objects.create(
        organisation=cast.national_unit,
        first=WHEN.date(),
        last=WHEN.date(),
        name="Hari Kemerdekaan",
        by=cast.administrator,
    )
    with clock.at(FRIDAY):
        assert "libur (Hari Kemerdekaan)" in words(clients["note_taker"].get(of_unit(cast, "next_week")))
        answer = clients["note_taker"].post(of_unit(cast, "next_week"), {}, follow=True)
    assert "Senin, 19 Agustus 2024 libur (Hari Kemerdekaan)" in words(answer)
    assert "Selasa, 20 Agustus 2024" in words(answer)


def test_the_desk_offers_it_where_nothing_is_planned(cast, clients):
    assert "Rencanakan pleno berikutnya" in words(clients["note_taker"].get(reverse("desk")))
    assert "Rencanakan pleno berikutnya" not in words(clients["member"].get(reverse("desk")))
    make_draft(cast)
    assert "Rencanakan pleno berikutnya" not in words(clients["note_taker"].get(reverse("desk")))


@pytest.mark.parametrize("name", ["next_week", "template"])
def test_who_does_not_keep_the_records_gets_403_and_a_stranger_404(cast, clients, name):
    url = of_unit(cast, name)
    for role in ("member", "staff", "province_supervision", "national", "administrator"):
        assert clients[role].get(url).status_code == 403, role
    for role in ("neighbour", "outsider"):
        assert clients[role].get(url).status_code == 404, role


# --- the template ----------------------------------------------------------------------------------------


def test_the_template_is_taken_over_extended_ordered_and_shortened(cast, clients):
    client, url = clients["head"], of_unit(cast, "template")
    assert "susunan awal portal" in words(client.get(url))
    client.post(of_unit(cast, "template_adopt"))
    wrong = client.post(url, {"title": "", "access": "closed"})
    assert wrong.status_code == 422
    client.post(url, {"title": "Doa", "standing_kind": "", "access": "open"})
    *_others, doa = preparation.template_of(cast.unit)
    assert (doa.title, doa.order) == ("Doa", 5)
    client.post(of_unit(cast, "template_move", uuid=doa.uuid), {"to": "5", "step": "up"})
    client.post(of_unit(cast, "template_move", uuid=doa.uuid), {"to": "2"})
    assert [r.title for r in preparation.template_of(cast.unit)].index("Doa") == 1
    client.post(of_unit(cast, "template_edit", uuid=doa.uuid), {"title": "Doa pembuka", "access": "open"})
    assert preparation.template_of(cast.unit)[1].title == "Doa pembuka"
    client.post(of_unit(cast, "template_remove", uuid=doa.uuid))
    assert len(preparation.template_of(cast.unit)) == 4
    assert client.get(of_unit(cast, "template_edit", uuid=doa.uuid)).status_code == 404


def test_the_approval_of_minutes_is_no_item_that_is_added_by_hand(cast, clients):
    answer = clients["head"].post(
        of_unit(cast, "template"), {"title": "X", "standing_kind": "approval", "access": "open"}
    )
    assert answer.status_code == 422


# --- carry-over ------------------------------------------------------------------------------------------


def test_what_waits_shows_on_the_agenda_page_until_it_is_taken_in_or_dropped(cast, clients):
    earlier, draft, client = put_off(cast, 2), make_draft(cast), clients["note_taker"]
    page = draft.address("plenos:agenda")
    assert "Tertunda 1" in words(client.get(page)) and "Tertunda 2" in words(client.get(page))
    client.post(draft.address("plenos:carry_over", uuid=item_of(earlier, 1).uuid))
    carried = item_of(draft, 4)
    assert carried.carried_from == item_of(earlier, 1)
    drop = earlier.address("plenos:item_drop", uuid=item_of(earlier, 2).uuid)
    assert client.post(drop, {"reason": " "}).status_code == 422
    assert client.post(drop, {"reason": "Tidak relevan lagi."})["Location"] == page
    assert "Tertunda dari pleno terdahulu" not in words(client.get(page))


def test_a_carried_item_leaves_to_wait_or_for_good(cast, clients):
    earlier, draft, client = put_off(cast), make_draft(cast), clients["note_taker"]
    origin = item_of(earlier)
    carried = lifecycle.carry_over(draft, by=cast.secretary, origin=origin)
    leave = draft.address("plenos:item_leave", uuid=carried.uuid)
    assert client.get(leave).status_code == 200
    client.post(leave)
    assert list(preparation.pending(cast.unit)) == [origin]
    carried = lifecycle.carry_over(draft, by=cast.secretary, origin=origin)
    leave = draft.address("plenos:item_leave", uuid=carried.uuid)
    answer = client.post(leave, {"reason": ""})
    assert answer.status_code == 422
    assert draft.items.filter(pk=carried.pk).exists()
    client.post(leave, {"reason": "Sudah selesai."})
    assert origin.drop.reason == "Sudah selesai."


def test_moving_by_one_and_by_number(cast, clients):
    draft = make_draft(cast)
    client = clients["note_taker"]
    client.post(draft.address("plenos:item_move", uuid=item_of(draft, 1).uuid), {"to": "1", "step": "down"})
    assert item_of(draft, 2).title == "Laporan pelaksanaan pekan lalu"
    client.post(draft.address("plenos:item_move", uuid=item_of(draft, 3).uuid), {"to": "1"})
    assert item_of(draft, 1).title == "Lain-lain"


def test_an_invitation_that_comes_too_late_is_said_before_it_is_issued(cast, clients):
    draft = make_draft(cast)
    with clock.at(WHEN - 3 * DAY):
        assert "Undangan terlambat" not in words(clients["head"].get(draft.address("plenos:invite")))
    with clock.at(WHEN - DAY / 8):
        assert "Undangan terlambat satu hari" in words(clients["head"].get(draft.address("plenos:invite")))
        lifecycle.edit(draft, by=cast.secretary, urgent=True)
        assert "Undangan terlambat" not in words(clients["head"].get(draft.address("plenos:invite")))


def test_approving_the_last_minutes_is_one_click_in_the_room(cast, clients):
    last = make_ratified(cast, when=WHEN - WEEK)
    pleno = make_open(cast, agenda=[{"title": "Persetujuan risalah", "standing_kind": "approval"}, "Lain-lain"])
    with clock.at(pleno.opened_at + DAY / 100):
        page = words(clients["note_taker"].get(pleno.address("plenos:room")))
        assert "Disetujui tanpa catatan" in page
        assert last.address("plenos:minutes") in page
        answer = clients["note_taker"].post(pleno.address("plenos:approve_last", uuid=item_of(pleno).uuid))
    assert answer.status_code == 302
    assert pleno.decisions.get().concerns == last.uuid


# --- the inbox -------------------------------------------------------------------------------------------


def proposal(**changes):
    return {"label": "Jadwal piket", "summary": "Warga menunggu.", "access": "closed", "category": "plan", **changes}


def test_staff_propose_with_files_and_the_secretary_places(cast, clients):
    url = of_unit(cast, "propose")
    wrong = clients["staff"].post(url, proposal(label=""))
    assert wrong.status_code == 422
    assert "Warga menunggu." in words(wrong)
    answer = clients["staff"].post(url, proposal(files=scan("surat.pdf")))
    submission = Submission.objects.get()
    assert answer["Location"] == submission.get_absolute_url()
    assert submission.attachments.count() == 1
    assert "Jadwal piket" in words(clients["note_taker"].get(of_unit(cast, "inbox")))
    draft = make_draft(cast)
    place = reverse("plenos:submission_place", args=[submission.uuid])
    assert clients["staff"].post(place, {"pleno": draft.pk}).status_code == 403
    assert clients["note_taker"].post(place, {"pleno": draft.pk})["Location"] == draft.address("plenos:agenda")
    assert draft.items.get(submission=submission).attachments.count() == 1


def test_a_file_that_is_not_what_it_claims_is_refused_and_nothing_is_submitted(cast, clients):
    from django.core.files.uploadedfile import SimpleUploadedFile

    fake = SimpleUploadedFile("surat.pdf", b"MZ not a pdf", content_type="application/pdf")
    answer = clients["staff"].post(of_unit(cast, "propose"), proposal(files=fake))
    assert answer.status_code == 422
    assert "Warga menunggu." in words(answer)
    assert not Submission.objects.exists()


def test_more_files_while_it_waits_by_who_proposed(cast, clients):
    submission = intake.propose(cast.unit, by=cast.staff, label="Jadwal piket")
    url = reverse("plenos:submission_attach", args=[submission.uuid])
    assert clients["staff"].post(url, {"files": ""}).status_code == 422
    assert clients["staff"].post(url, {"files": scan()}).status_code == 302
    assert clients["note_taker"].post(url, {"files": scan()}).status_code == 403


def test_returned_it_is_submitted_again_with_what_it_said(cast, clients):
    submission = intake.propose(cast.unit, by=cast.staff, label="Jadwal piket", summary="Warga menunggu.")
    url = reverse("plenos:submission_return", args=[submission.uuid])
    assert clients["note_taker"].post(url, {"reason": ""}).status_code == 422
    assert clients["staff"].post(url, {"reason": "Lengkapi."}).status_code == 403
    clients["note_taker"].post(url, {"reason": "Lengkapi datanya."})
    page = words(clients["staff"].get(submission.get_absolute_url()))
    assert "Lengkapi datanya." in page and "Perbaiki dan ajukan lagi" in page
    form = words(clients["staff"].get(of_unit(cast, "propose") + f"?dari={submission.uuid}"))
    assert "Jadwal piket" in form and "Warga menunggu." in form
    assert words(clients["staff"].get(of_unit(cast, "propose") + "?dari=x"))


def test_the_proposer_withdraws_and_others_may_not(cast, clients):
    submission = intake.propose(cast.unit, by=cast.staff, label="Jadwal piket", access="open")
    url = reverse("plenos:submission_withdraw", args=[submission.uuid])
    assert clients["member"].get(url).status_code == 403
    assert clients["staff"].post(url, {"reason": "Sudah selesai."}).status_code == 302
    submission.refresh_from_db()
    assert submission.state == "withdrawn"
    assert "Jadwal piket" in words(clients["note_taker"].get(of_unit(cast, "inbox") + "?selesai=1"))


def test_the_province_asks_and_reads_what_it_asked(cast, clients):
    url = of_unit(cast, "propose")
    past = clients["province_supervision"].post(url, {"label": "Perbaiki data", "due": "2020-01-01"})
    assert past.status_code == 422
    clients["province_supervision"].post(url, {"label": "Perbaiki data", "summary": "Hasil supervisi."})
    submission = Submission.objects.get()
    assert (submission.asking, submission.kind) == (cast.province_unit, "plenos.commitment")
    for role, status in (("province_member", 200), ("member", 200), ("staff", 404), ("neighbour", 404)):
        assert clients[role].get(submission.get_absolute_url()).status_code == status, role
    for role in ("province_staff", "national", "administrator"):
        assert clients[role].get(url).status_code == 403, role
        assert clients[role].get(of_unit(cast, "inbox")).status_code == 403, role


# --- what pages cost -------------------------------------------------------------------------------------


def spent(client, url):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(captured)


@pytest.fixture
def costs(cast, clients):
    """Queries of one page with one row and with three: costs(make, url) -> (one, three)."""

    def _costs(make, url, role="note_taker"):
        counts = []
        for rows in (1, 2):
            for _n in range(rows):
                make()
            counts.append(spent(clients[role], url() if callable(url) else url))
        return counts

    return _costs


def test_the_inbox_costs_the_same_with_one_and_with_three(cast, costs):
    def make():
        row = intake.propose(cast.unit, by=cast.staff, label="Usul", files=[(PDF, "application/pdf", "a.pdf")])
        lifecycle.intake.place(row, by=cast.secretary, pleno=draft)

    draft = make_draft(cast)
    one, three = costs(make, of_unit(cast, "inbox"))
    assert one == three <= 14


def test_the_agenda_costs_the_same_with_one_and_with_three(cast, costs):
    draft, weeks = make_draft(cast), iter(range(2, 9))

    def make():
        lifecycle.carry_over(draft, by=cast.secretary, origin=item_of(put_off(cast, 2, WHEN - next(weeks) * WEEK)))
        row = intake.propose(cast.unit, by=cast.staff, label="Usul")
        lifecycle.intake.place(row, by=cast.secretary, pleno=draft)

    one, three = costs(make, draft.address("plenos:agenda"))
    assert one == three <= 22


def test_the_next_week_and_the_template_cost_the_same_with_one_and_with_three(cast, costs):
    weeks = iter(range(2, 9))
    for url in (of_unit(cast, "next_week"), of_unit(cast, "unit") + "?year=2024"):
        one, three = costs(lambda: put_off(cast, 1, WHEN - next(weeks) * WEEK), url)
        assert one == three <= 26, url
    one, three = costs(lambda: lifecycle.template.add(cast.unit, by=cast.head, title="X"), of_unit(cast, "template"))
    assert one == three <= 12
