"""The room by hand, in Chromium: few presses for the attendance, and the ways on when the quorum is lost."""

import datetime
import re

import pytest

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.tests.factories import make_cast, make_unit
from plenos import lifecycle
from plenos.models import Pleno

from .factories import make_closed, make_open

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def room(visitor):
    """A session of five members that began an hour ago, and its secretary before it. Counts his presses."""
    cast = make_cast(make_unit("74.71"))
    pleno = make_open(cast, when=clock.now().replace(second=0, microsecond=0) - 60 * MINUTE)
    visitor.sign_in_quickly(cast.secretary)
    visitor.cast, visitor.pleno, visitor.presses = cast, pleno, 0
    return visitor


def press(visitor, name):
    """Press a button by what it says, and whom it is about."""
    visitor.presses += 1
    spoken = re.compile(re.escape(name).replace(":", r"\s*:"))
    visitor.page.get_by_role("button", name=spoken).first.click()


def follow(visitor, name):
    visitor.presses += 1
    visitor.page.get_by_role("link", name=name).click()


def present(visitor, number):
    visitor.page.wait_for_selector(f"#kuorum >> text={number} hadir")


def test_the_attendance_takes_five_presses_at_most(visitor):
    """From the page of an invited pleno to an open room in which two of five are absent."""
    cast = make_cast(make_unit("74.71"))
    start = clock.now().replace(second=0, microsecond=0) - 2 * MINUTE
    with clock.at(start - datetime.timedelta(days=3)):
        year, week, _day = start.astimezone(cast.unit.zone).isocalendar()
        pleno = lifecycle.plan(
            cast.unit, by=cast.secretary, year=year, week=week, planned_at=start, place="Aula", agenda=["Laporan"]
        )
        lifecycle.invite(pleno, by=cast.secretary)
    visitor.sign_in_quickly(cast.secretary)
    visitor.presses = 0
    visitor.go(pleno.get_absolute_url())
    follow(visitor, "Buka pleno")
    for seat, how in ((3, "ill:onsite"), (5, "excused:onsite")):
        visitor.presses += 1
        member = pleno.organisation.memberships.get(user=cast.members[seat - 1])
        visitor.page.select_option(f"#id_status_{member.pk}", how)
    press(visitor, "Buka pleno")
    present(visitor, 3)
    assert visitor.presses <= 5


def test_leaving_and_coming_back_is_one_press_each_and_the_quorum_follows(room):
    cast, pleno = room.cast, room.pleno
    room.go(pleno.address("plenos:room"))
    for number, seat in ((4, 3), (3, 4), (2, 5)):
        press(room, f"Keluar: {cast.members[seat - 1].name}")
        present(room, number)
    room.page.wait_for_selector("text=Kuorum tidak terpenuhi")
    room.check("room without a quorum")
    press(room, f"Kembali: {cast.members[2].name}")
    present(room, 3)
    assert room.presses == 4
    assert pleno.absences.count() == 1


def test_a_lost_quorum_leads_to_an_adjournment_and_the_session_goes_on(room):
    cast, pleno = room.cast, room.pleno
    for seat in (3, 4, 5):
        row = pleno.attendees.get(user=cast.members[seat - 1])
        row.pleno = Pleno.objects.get(pk=pleno.pk)
        lifecycle.step_out(row, by=cast.secretary)
    room.go(pleno.address("plenos:room"))
    room.page.locator("#keadaan-rapat, .notice-late").first.get_by_role("link", name="Skors rapat").click()
    room.check("adjourning")
    room.page.fill("#id_reason", "Kuorum hilang, menunggu tiga anggota.")
    press(room, "Skors rapat")
    room.page.wait_for_selector("text=Rapat diskors")
    room.check("adjourned")
    room.page.get_by_label(cast.members[2].name).check()
    press(room, "Lanjutkan rapat")
    present(room, 3)
    pleno.refresh_from_db()
    assert (pleno.state, pleno.adjournments.count()) == ("open", 1)


def test_earlier_decisions_are_proposed_once_their_part_is_unfolded(room):
    cast, pleno = room.cast, room.pleno
    before = make_closed(cast, when=pleno.planned_at - datetime.timedelta(days=7))
    room.go(pleno.address("plenos:room"))
    proposed = room.page.locator("#keputusan-terdahulu option")
    assert proposed.count() == 0
    room.page.get_by_text("Mencabut atau mengubah keputusan terdahulu").click()
    proposed.first.wait_for(state="attached")
    references = [f"{d.year}/{d.number}" for d in before.decisions.order_by("-number")]
    assert proposed.evaluate_all("all => all.map(one => one.value)") == references != []


def test_a_file_that_is_too_large_is_named_before_it_is_sent(room, tmp_path):
    pleno = room.pleno
    item = pleno.items.first()
    large = tmp_path / "besar.jpg"
    large.write_bytes(b"\xff\xd8\xff" + b"\0" * (40 * 1024 * 1024))
    room.go(pleno.address("plenos:attachments", uuid=item.uuid))
    room.page.fill("#id_caption", "Foto lapangan")
    room.page.set_input_files("#id_files", str(large))
    room.page.wait_for_selector("text=besar.jpg: 40.0 MB terlalu besar; paling besar 20 MB")
    press(room, "Simpan lampiran")
    room.check("attachments")
    assert room.page.input_value("#id_caption") == "Foto lapangan"
    assert not item.attachments.exists()
