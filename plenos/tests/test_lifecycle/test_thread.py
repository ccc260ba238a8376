"""The life of a pleno: each rule and its refusal."""

import pytest

from bawaslu_portal.kernel import documents, ledger
from bawaslu_portal.kernel.models import Document, Job

from ..factories import make_ratified

pytestmark = pytest.mark.django_db


def test_a_pleno_goes_from_invitation_to_delivered_minutes(cast):
    pleno = make_ratified(cast)
    assert pleno.state == "ratified"
    assert pleno.delivered_to == cast.province_unit
    minutes = pleno.minutes.get()
    assert documents.digest(minutes.record) == minutes.digest
    assert [d.number for d in pleno.decisions.order_by("number")] == [1, 2, 3]
    kinds = set(Document.objects.filter(about=pleno.uuid, superseded_by=None).values_list("kind", flat=True))
    assert kinds == {
        "plenos.undangan",
        "plenos.daftar_hadir_kosong",
        "plenos.berita_acara",
        "plenos.notulen",
        "plenos.daftar_hadir",
    }
    assert Job.objects.count() == Document.objects.count()
    count, broken = ledger.verify("74.71")
    assert broken is None
    assert count == len(ledger.history_of(pleno)) == 14
