"""What one person is told: notices that only he reads, one digest a day at most, a help sheet for each role."""

import datetime

import pytest
from django.test import override_settings

from bawaslu_portal.kernel import catalogue, clock, digest, notices
from bawaslu_portal.kernel import help as sheets
from bawaslu_portal.kernel.models import Document, Job, Membership, Notice, OutboxMessage, User
from bawaslu_portal.kernel.tests.factories import signed_in

pytestmark = pytest.mark.django_db
MORNING = datetime.datetime(2024, 8, 20, 0, 30, tzinfo=datetime.UTC)  # 08.30 WITA
NIGHT = datetime.datetime(2024, 8, 19, 18, 0, tzinfo=datetime.UTC)  # 02.00 WITA
DAY = datetime.timedelta(days=1)
sends_mail = override_settings(EMAIL_CONFIGURED=True)


def tell(cast, *people, text="Risalah dikembalikan provinsi.", key=""):
    notices.tell(people or [cast.secretary], cast.unit, "test.kind", cast.unit, text=text, url="/pleno/", key=key)


def digests(user=None):
    rows = OutboxMessage.objects.filter(about_kind="digest")
    return rows.filter(to_user=user) if user else rows


def run(moment=MORNING):
    with clock.at(moment):
        return digest.send_all()


@pytest.fixture
def nothing_waits(monkeypatch):
    """Nothing on anybody's desk, so that only notices count."""
    monkeypatch.setattr(catalogue, "_waiting", {})


# --- notices ----------------------------------------------------------------------------------------------


def test_told_once_by_the_same_key(cast):
    tell(cast)
    tell(cast)
    tell(cast, key="another")
    assert Notice.objects.visible_to(cast.secretary).count() == 2


def test_who_left_is_not_told(cast):
    cast.secretary.is_active = False
    tell(cast)
    assert not Notice.objects.exists()


def test_only_the_addressee_reads_and_opens_it(cast, client):
    tell(cast, text="kenari-kabar")
    notice = Notice.objects.get()
    assert b"kenari-kabar" in signed_in(client, cast.secretary).get("/kabar/").content
    assert b"kenari-kabar" in client.get("/").content
    for other in (cast.chair, cast.head, cast.province, cast.administrator, cast.neighbour):
        signed_in(client, other)
        assert b"kenari-kabar" not in client.get("/kabar/").content + client.get("/").content
        assert client.post(f"/kabar/{notice.uuid}/").status_code == 404
    assert Notice.objects.get().seen_at is None


def test_opening_it_marks_it_seen_and_leads_on(cast, client):
    tell(cast)
    answer = signed_in(client, cast.secretary).post(f"/kabar/{Notice.objects.get().uuid}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/pleno/")
    assert Notice.objects.get().seen_at is not None
    assert b"Kabar baru" not in client.get("/").content


def test_all_are_marked_seen_and_nobody_elses(cast, client):
    tell(cast, cast.secretary, cast.head)
    signed_in(client, cast.secretary).post("/kabar/dibaca/")
    assert list(Notice.objects.filter(seen_at=None).values_list("user", flat=True)) == [cast.head.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_queries(cast, client, rows, django_assert_num_queries):
    for n in range(rows):
        tell(cast, key=f"k{n}")
    signed_in(client, cast.secretary).get("/kabar/")
    with django_assert_num_queries(9):
        client.get("/kabar/")


# --- the digest -------------------------------------------------------------------------------------------


@sends_mail
def test_one_a_day_at_most_with_what_waits_and_what_was_told(cast, monkeypatch):
    row = {"title": "Sahkan risalah", "url": "/pleno/x/", "due": MORNING - DAY, "unit": cast.unit}
    monkeypatch.setattr(catalogue, "_waiting", {"test": lambda user: [row] if user == cast.chair else []})
    tell(cast, cast.chair)
    assert run() == 1
    message = digests().get()
    assert message.to_user == cast.chair
    for words in ("Lewat tenggat", "Sahkan risalah", "19-08-2024", "/pleno/x/", "Risalah dikembalikan provinsi."):
        assert words in message.body
    tell(cast, cast.chair, key="later the same day")
    assert run(MORNING + datetime.timedelta(hours=6)) == 0
    assert run(MORNING + DAY) == 1
    assert "Risalah dikembalikan provinsi." in digests(cast.chair).first().body


@sends_mail
def test_what_was_in_one_digest_is_not_in_the_next(cast, nothing_waits):
    tell(cast)
    assert run() == 1
    assert run(MORNING + DAY) == 0


@sends_mail
def test_what_was_seen_in_the_portal_is_not_sent(cast, nothing_waits):
    tell(cast)
    notices.mark_seen(cast.secretary)
    assert run() == 0


@sends_mail
def test_none_before_the_morning_of_the_unit(cast, nothing_waits):
    tell(cast)
    assert run(NIGHT) == 0
    assert run() == 1


@sends_mail
@pytest.mark.parametrize("why", ["chosen", "left", "no address"])
def test_none_for_who_does_not_want_it_or_left(cast, nothing_waits, why):
    tell(cast)
    if why == "chosen":
        User.objects.filter(pk=cast.secretary.pk).update(digest="none")
    elif why == "left":
        Membership.objects.filter(user=cast.secretary).update(until=MORNING - DAY)
    else:
        User.objects.filter(pk=cast.secretary.pk).update(email="")
    assert run() == 0
    assert not digests().exists()


def test_none_where_the_portal_sends_no_mail(cast, nothing_waits):
    tell(cast)
    assert run() == 0
    assert User.objects.get(pk=cast.secretary.pk).digest_on is None


@sends_mail
def test_in_the_language_of_the_reader(cast, nothing_waits):
    User.objects.filter(pk=cast.secretary.pk).update(language="en")
    tell(cast)
    run()
    assert "at most once a day" in digests().get().body


@sends_mail
def test_nobody_else_opens_a_digest_in_the_outbox(cast, client, nothing_waits):
    tell(cast, text="kenari-kabar")
    run()
    message = digests().get()
    address = f"/kotak-keluar/{cast.unit.code}/{message.uuid}/"
    assert signed_in(client, cast.secretary).get(address).status_code == 200
    for other in (cast.chair, cast.head, cast.administrator):
        signed_in(client, other)
        assert client.get(address).status_code == 404
        assert str(message.uuid).encode() not in client.get(f"/kotak-keluar/{cast.unit.code}/").content


def test_the_profile_chooses(cast, client):
    signed_in(client, cast.secretary).post("/profil/", {"phone": "", "language": "id", "digest": "none"})
    assert User.objects.get(pk=cast.secretary.pk).digest == "none"


# --- help sheets ------------------------------------------------------------------------------------------


def test_every_role_has_a_sheet_with_steps():
    assert {role for role, _label in sheets.roles()} == set(dict(Membership.ROLES))
    for role, _label in sheets.roles():
        assert all(chapter["title"] and chapter["steps"] for chapter in sheets.sheet(role))


def test_each_opens_as_a_page_my_own_first(cast, client):
    index = signed_in(client, cast.secretary).get("/bantuan/").content.decode()
    assert index.index("/bantuan/note_taker/") < index.index("/bantuan/chair/")
    for role, _label in sheets.roles():
        assert client.get(f"/bantuan/{role}/").status_code == 200
    assert client.get("/bantuan/nobody/").status_code == 404


def test_as_a_paper_once_for_a_unit_and_a_wording(cast, client):
    first = signed_in(client, cast.secretary).post("/bantuan/note_taker/cetak/")
    second = client.post("/bantuan/note_taker/cetak/")
    assert first.headers["Location"] == second.headers["Location"]
    paper = Document.objects.get(kind="kernel.help.note_taker")
    assert Job.objects.filter(key=str(paper.uuid)).count() == 1
    assert client.get(first.headers["Location"]).status_code == 200
    assert signed_in(client, cast.neighbour).get(first.headers["Location"]).status_code == 404


def test_the_paper_is_in_indonesian_whoever_asks(cast):
    from django.utils import translation

    with translation.override("en"):
        paper = sheets.issue(cast.unit, "chair", by=cast.chair)
    assert paper.record["chapters"][0]["title"] == "Masuk"


def test_the_paper_is_made(cast):
    import io

    import pypdf

    paper = sheets.issue(cast.unit, "chair", by=cast.chair)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sheets.build(paper))).pages)
    assert "Lembar bantuan: Ketua" in text
