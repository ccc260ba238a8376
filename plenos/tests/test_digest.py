"""What leaves by e-mail names no content of a closed record: real rows of desks, with canaries in what was typed."""

import pytest

from bawaslu_portal.kernel import catalogue, clock, digest
from bawaslu_portal.kernel.models import Notice
from plenos import intake
from plenos.lifecycle import following

from .factories import make_draft, membership
from .test_following import PAST, decide_with, ratify

pytestmark = pytest.mark.django_db
CANARY = "kenari-"


def letter(user, unit):
    """The digest of ``user`` as it would go out now, and the rows on his desk."""
    waiting = catalogue.waiting_for(user)
    subject, body = digest.letter(user, unit, waiting, list(Notice.objects.visible_to(user)))
    return f"{subject}\n{body}", waiting


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_words_of_a_closed_follow_up_stay_in_the_portal(cast, language):
    pleno = ratify(decide_with(cast, doer=membership(cast, cast.member), what="kenari-tugas"), cast)
    row = pleno.follow_ups.get()
    cast.member.language = cast.chair.language = language
    with clock.at(PAST):
        text, desk = letter(cast.member, cast.unit)
        assert any("kenari-tugas" in entry["title"] for entry in desk)
        assert row.decision.reference in text
        assert row.get_absolute_url() in text
        assert CANARY not in text
        following.report_done(row, by=cast.member, text="kenari-laporan")
        text, desk = letter(cast.chair, cast.unit)
    assert any("kenari-tugas" in entry["title"] for entry in desk)
    assert row.get_absolute_url() in text
    assert CANARY not in text


def test_what_is_put_before_the_plenary_is_not_named_in_a_mail(cast):
    make_draft(cast, agenda=[{"title": "kenari-agenda", "access": "closed"}])
    intake.propose(cast.unit, by=cast.staff, label="kenari-usul", summary="kenari-latar")
    facts = {"asking": cast.province_unit, "label": "kenari-permintaan", "summary": "kenari-alasan"}
    intake.ask_follow_up(cast.unit, by=cast.province, **facts)
    for user in (cast.chair, cast.secretary, cast.head, cast.member):
        text, _desk = letter(user, cast.unit)
        assert CANARY not in text
    assert "kotak masuk" in letter(cast.secretary, cast.unit)[0]
