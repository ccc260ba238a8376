"""The whole thread of a pleno over HTTP, each page looked at before its step is taken."""

import re
import uuid

import pytest
from django.urls import reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Membership
from plenos import lifecycle
from plenos.models import Pleno

from ..factories import item_of, plan_facts, scan, words

pytestmark = pytest.mark.django_db


class Office:
    """Kota Kendari at work in its browsers; each step is looked at before it is taken."""

    def __init__(self, cast, clients):
        self.cast, self.clients = cast, clients
        self.pleno = None

    def look(self, role, name, **more):
        answer = self.clients[role].get(self.pleno.address(f"plenos:{name}", **more))
        assert answer.status_code == 200, (role, name, answer.status_code)
        return answer

    def send(self, role, name, data=None, **more):
        answer = self.clients[role].post(
            self.pleno.address(f"plenos:{name}", **more), {"request_key": str(uuid.uuid4()), **(data or {})}
        )
        assert answer.status_code == 302, (role, name, answer.status_code, words(answer)[:2000])
        self.pleno.refresh_from_db()
        return answer

    def step(self, role, name, data=None, **more):
        self.look(role, name, **more)
        return self.send(role, name, data, **more)


def test_the_whole_thread_from_plan_to_read_minutes(cast, clients):
    office = Office(cast, clients)
    url = reverse("plenos:plan", kwargs={"code": "74.71"})
    assert clients["note_taker"].get(url).status_code == 200
    assert clients["note_taker"].post(url, plan_facts(cast)).status_code == 302
    office.pleno = Pleno.objects.get()
    office.look("note_taker", "pleno")
    office.step("note_taker", "agenda", {"title": "Lain-lain", "access": "closed"})
    office.step("note_taker", "guests", {"name": "Camat Mandonga"})
    office.step("note_taker", "invite")
    office.look("staff", "pleno")
    chair = Membership.objects.get(organisation=cast.unit, role="chair")
    seats = Membership.objects.in_office_on(cast.unit, office.pleno.planned_at)
    marks = {f"status_{m.pk}": "present:onsite" for m in seats} | {f"status_{seats[4].pk}": "ill:onsite"}
    office.step("chair", "open", {**marks, "chair": chair.pk})
    assert (office.pleno.state, office.pleno.quorum_present) == ("open", 4)
    room = office.look("note_taker", "room")
    office.look("member", "room")
    fields = dict(re.findall(r'name="(notes_were|notes_version)" value="([^"]*)"', words(room)))

    def item(order):
        return item_of(office.pleno, order)

    rows = list(office.pleno.attendees.members().filter(status="present"))
    office.send(
        "note_taker",
        "decide",
        {
            **fields,
            "notes": "Ketua membuka pembahasan.",
            "notes_version": "0",
            "text": "Menyetujui laporan.",
            "category": "report",
            "manner": "vote",
            **{f"vote_{a.pk}": "agree" for a in rows},
            f"vote_{rows[1].pk}": "against",
            f"dissent_{rows[1].pk}": "Bahan terlambat dibagikan.",
        },
        uuid=item(1).uuid,
    )
    decision = office.pleno.decisions.get()
    assert (decision.result, decision.votes.count(), decision.dissents.count()) == ("accepted", 4, 1)
    assert item(1).notes == "<p>Ketua membuka pembahasan.</p>"
    office.send("note_taker", "undo", uuid=decision.uuid)
    again = words(clients["note_taker"].get(office.pleno.address("plenos:room") + "?agenda=1"))
    assert "Menyetujui laporan." in again
    assert "Bahan terlambat dibagikan." in again
    for order in (1, 2):
        office.send(
            "note_taker",
            "decide",
            {
                "notes": item(order).notes,
                "notes_version": item(order).notes_version,
                "text": f"Keputusan {order}.",
                "category": "plan",
                "manner": "consensus",
            },
            uuid=item(order).uuid,
        )
    office.step("note_taker", "defer", {"reason": "Menunggu teknisi."}, uuid=item(3).uuid)
    office.step("note_taker", "close", {f"fate_{item(4).pk}": "withdraw", "reason": "Tidak ada."})
    assert office.pleno.state == "closed"
    read = lifecycle.words_digest(office.pleno)
    office.step("note_taker", "minutes", {"opening_words": "Ketua membuka rapat.", "words_read": read})
    office.send("note_taker", "print_draft")
    office.step("note_taker", "scan_add", {"caption": "Daftar hadir", "scan": scan()})
    office.step("note_taker", "put_up")
    minutes = office.pleno.minutes.get()
    for role in ("chair", "member"):
        office.step(role, "confirm", {"digest": minutes.digest})
    third, fourth = (a for a in rows if a.user not in (cast.chair, cast.member))
    day = clock.today(cast.unit).isoformat()
    office.step("head", "hand_sign", {"scan": scan(), "signed_on": day, "digest": minutes.digest}, uuid=third.uuid)
    office.step("head", "excuse", {"reason": "Dirawat di rumah sakit", "digest": minutes.digest}, uuid=fourth.uuid)
    office.step("chair", "ratify", {"digest": minutes.digest})
    assert office.pleno.state == "ratified"
    assert "Keputusan 1." in words(office.look("province_supervision", "minutes"))
    office.send("province_supervision", "mark_read")
    assert clients["province_supervision"].get(reverse("plenos:deliveries")).status_code == 200
