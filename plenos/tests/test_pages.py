"""The forms of a pleno over HTTP: what was typed stays, each error stands at its field, a closed step says so."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Membership, Setting

from .. import lifecycle
from ..models import Pleno
from .factories import WHEN, end_membership, make_closed, make_draft, make_invited, make_signing, row_of

PLAN = {
    "week": "2024-W30",
    "planned_at": "2024-07-22T10:00",
    "place": "Aula kantor",
    "link": "",
    "access": "closed",
    "occasion": "weekly",
    "agenda": "Laporan pekan lalu\n\n Rencana pekan ini ",
    "guests": "Camat Mandonga, Camat",
    "recorded_late": "on",
}


@pytest.fixture
def plan(cast, sign_in):
    """Send the form of planning as the secretary, with what is given changed."""
    client = sign_in(cast.secretary)
    seat = Membership.objects.get(organisation=cast.unit, role="chair")

    def _plan(**changes):
        return client.post(reverse("plenos:plan", args=[cast.unit.code]), {**PLAN, "chair": seat.pk, **changes})

    return _plan


def test_planning_reads_one_item_and_one_guest_a_line(plan):
    response = plan()
    pleno = Pleno.objects.get(week_year=2024, week=30)
    assert response.url == pleno.get_absolute_url()
    assert [i.title for i in pleno.items.all()] == ["Laporan pekan lalu", "Rencana pekan ini"]
    assert [(g.name, g.title) for g in pleno.attendees.all()] == [("Camat Mandonga", "Camat")]
    assert pleno.planned_at == datetime.datetime(2024, 7, 22, 2, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("week", "2024-W99", "Tulis minggu seperti 2024-W34"),
        ("week", "", "Isi minggu yang diwakili pleno ini"),
        ("week", "2023-W30", "terpaut lebih dari dua bulan"),
        ("planned_at", "0001-01-01T00:00", "Periksa tahunnya"),
        ("planned_at", "besok", "tanggal/waktu yang valid"),
        ("recorded_late", "", "Waktu ini sudah lewat"),
        ("planned_at", "2031-01-01T10:00", "tidak mungkin di masa depan"),
        ("link", "rapat kita", "Tempel tautan rapat yang lengkap"),
        ("agenda", "x" * 201, "paling panjang 200 huruf"),
        ("agenda", "x\n" * 101, "Paling banyak 100 pokok agenda"),
        ("chair", "", "Pilih pimpinan rapat"),
    ],
)
def test_a_refused_plan_keeps_what_was_typed(plan, field, typed, sentence):
    response = plan(**{field: typed})
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page and "Ada yang perlu diperbaiki" in page and "<title>Galat:" in page
    assert "Camat Mandonga, Camat" in page and "Aula kantor" in page
    assert not Pleno.objects.filter(week_year=2024, week=30).exists()


def test_who_held_office_on_the_day_may_have_chaired(cast, plan):
    former = Membership.objects.get(organisation=cast.unit, user=cast.chair)
    end_membership(cast, cast.chair, datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
    assert plan(chair=former.pk).status_code == 302
    assert Pleno.objects.get(week_year=2024, week=30).chair_id == former.pk
    assert plan(chair=former.pk, week="2026-W05", planned_at="2026-01-26T10:00").status_code == 422


def test_two_who_edit_at_once_see_both_texts(cast, sign_in):
    pleno = make_draft(cast)
    client, address = sign_in(cast.secretary), pleno.address("plenos:edit")
    typed = {
        "planned_at": "2024-08-19T11:00",
        "place": "Tempat dari saya",
        "access": "closed",
        "occasion": "weekly",
        "chair": pleno.chair_id,
        "version": pleno.version,
    }
    lifecycle.edit(pleno, by=cast.chair, place="Tempat dari Ketua")
    response = client.post(address, typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Tempat dari saya" in page and "Tempat dari Ketua" in page
    assert f'name="version" value="{pleno.version}"' in page
    assert client.post(address, typed).status_code == 409
    assert client.post(address, {**typed, "version": pleno.version}).status_code == 302
    pleno.refresh_from_db()
    assert pleno.place == "Tempat dari saya"


def test_a_number_used_before_is_said_at_its_field(cast, sign_in):
    Setting.objects.create(
        organisation=cast.unit, key="numbering.plenos.undangan.source", value="typed", since=WHEN.date(), source="uji"
    )
    client = sign_in(cast.secretary)
    first, second = (make_draft(cast, when=clock.now() + datetime.timedelta(days=n)) for n in (9, 16))
    key = "6f9b1a52-7c1e-4c0b-9a57-0d6a3f6c1f{:02d}"
    number = {"number": "12/K/2026"}
    assert client.post(first.address("plenos:invite"), {**number, "request_key": key.format(1)}).status_code == 302
    response = client.post(second.address("plenos:invite"), {**number, "request_key": key.format(2)})
    assert response.status_code == 422
    assert "number" in response.context["form"].errors
    assert 'value="12/K/2026"' in response.content.decode()


@pytest.mark.parametrize(("to", "order"), [("1", 1), ("99", 3), ("²", 3), ("", 3), ("9" * 30, 3)])
def test_an_item_moves_to_the_number_that_was_typed(cast, sign_in, to, order):
    pleno = make_draft(cast)
    item = pleno.items.get(order=3)
    response = sign_in(cast.secretary).post(pleno.address("plenos:item_move", uuid=item.uuid), {"to": to})
    assert response.url.endswith(f"#agenda-{item.uuid}")
    item.refresh_from_db()
    assert item.order == order


@pytest.mark.parametrize("week", ["0-W01", "1-W01", "9999-W52", "2024-W54", "99999999999999999999-W01"])
def test_a_week_that_does_not_exist_is_not_found(cast, sign_in, week):
    assert sign_in(cast.secretary).get(f"/pleno/{cast.unit.code}/{week}/").status_code == 404


@pytest.mark.parametrize("asked", ["?year=²", "?year=0", "?year=99999999999", "?state=x&page=y"])
def test_a_filter_that_means_nothing_shows_the_list(cast, sign_in, asked):
    assert sign_in(cast.secretary).get(reverse("plenos:unit", args=[cast.unit.code]) + asked).status_code == 200


@pytest.mark.parametrize("step", ["edit", "delete", "reschedule", "put_up", "take_back", "cancel", "invite", "open"])
def test_a_step_that_is_over_shows_no_form(cast, sign_in, step):
    closed = make_closed(cast) if step != "put_up" else make_invited(cast)
    response = sign_in(cast.secretary).get(closed.address(f"plenos:{step}"))
    text = response.content.decode()
    assert response.status_code == 200
    assert "notice-late" in text and text.count('method="post"') == text.count('class="foot-form"') + 1


def test_a_scan_of_another_kind_keeps_the_date(cast, sign_in):
    pleno = make_signing(cast)
    row = row_of(pleno, cast.member)
    response = sign_in(cast.secretary).post(
        pleno.address("plenos:hand_sign", uuid=row.uuid),
        {"signed_on": "2024-08-20", "scan": SimpleUploadedFile("pindaian.pdf", b"bukan pdf")},
    )
    assert response.status_code == 422
    assert 'value="2024-08-20"' in response.content.decode()
    assert "bukan PDF, JPEG, atau PNG" in response.content.decode()


def test_no_scan_before_the_minutes_are_put_up(cast, sign_in):
    pleno = make_closed(cast)
    row = row_of(pleno, cast.member)
    assert sign_in(cast.secretary).get(pleno.address("plenos:signature_scan", uuid=row.uuid)).status_code == 404
