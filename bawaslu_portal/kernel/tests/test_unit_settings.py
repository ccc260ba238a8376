"""The pages of settings, letterhead, numbers, divisions and the name of a unit."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from bawaslu_portal.kernel import clock, documents, numbering, settings_store
from bawaslu_portal.kernel.models import Division, LedgerEntry, NumberUse
from bawaslu_portal.kernel.tests.test_unit_views import invitation

pytestmark = pytest.mark.django_db
CODE = "74.71"


def url(name, *args):
    return reverse(f"kernel:{name}", args=[CODE, *args])


class TestSettings:
    def test_every_setting_has_its_page_and_saves(self, cast, sign_in):
        from bawaslu_portal.kernel import catalogue

        client = sign_in(cast.administrator)
        given = {"integer": None, "text": "teks", "choice": None, "flag": "1", "weekday": "2", "time": "08:30"}
        for spec in catalogue.setting_specs():
            if spec.type == "file":
                assert client.get(url("setting", spec.key)).status_code == 404
                continue
            value = {"integer": spec.low, "lines": "satu\ndua", "choice": spec.choices and spec.choices[-1][0]}.get(
                spec.type, given.get(spec.type)
            )
            if spec.key == "numbering.template":
                value = "{urut}-{kode}-{tahun}"
            answer = client.post(url("setting", spec.key), {"value": value, "since": "2026-01-01", "source": "pleno 1"})
            # What the level above instructs holds for those below it, so a district has no form for it.
            assert answer.status_code == (403 if spec.from_above else 302), (spec.key, answer.content.decode()[:3000])
            assert client.get(url("setting", spec.key)).status_code == 200
        assert settings_store.setting(cast.unit, "security.totp_to_ratify") is True
        assert settings_store.setting(cast.unit, "plenos.weekday") == 2
        assert settings_store.setting(cast.unit, "plenos.hour") == "08:30"
        assert settings_store.setting(cast.unit, "letterhead.lines") == ["satu", "dua"]
        assert client.get(url("settings")).status_code == 200

    def test_range_pattern_and_missing_source(self, cast, sign_in):
        client = sign_in(cast.administrator)
        for key, value in [("members.seats", "99"), ("numbering.template", "{urut.x}"), ("paper.size", "A3")]:
            facts = {"value": value, "since": "2026-01-01", "source": "x"}
            assert client.post(url("setting", key), facts).status_code == 422, key
        missing = {"value": "3", "since": "2026-01-01", "source": ""}
        assert client.post(url("setting", "members.seats"), missing).status_code == 422
        assert client.get(url("setting", "tidak.ada")).status_code == 404

    def test_past_values_stay_listed(self, cast, sign_in):
        client = sign_in(cast.administrator)
        for size, since in (("F4", "2025-01-01"), ("A4", "2026-01-01")):
            client.post(url("setting", "paper.size"), {"value": size, "since": since, "source": f"rapat {since}"})
        page = client.get(url("setting", "paper.size")).content.decode()
        assert "rapat 2025-01-01" in page
        assert "rapat 2026-01-01" in page

    def test_only_who_may_change_saves(self, cast, sign_in):
        facts = {"value": "F4", "since": "2026-01-01", "source": "x"}
        assert sign_in(cast.chair).post(url("setting", "paper.size"), facts).status_code == 403
        assert sign_in(cast.neighbour).post(url("setting", "paper.size"), facts).status_code == 404


def picture(kind="PNG", size=(40, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(out, kind)
    return out.getvalue()


class TestLetterhead:
    def post(self, client, **facts):
        typed = {
            "lines": "BAWASLU\nKOTA KENDARI", "address": "Jalan Contoh 1", "contact": "0401", "place": "Kendari",
            "since": "2026-01-01", "source": "rapat", **facts,
        }  # fmt: skip
        return client.post(url("letterhead"), typed)

    def test_words_and_logo(self, cast, sign_in):
        client = sign_in(cast.administrator)
        upload = io.BytesIO(picture("JPEG"))
        upload.name = "logo.jpg"
        assert self.post(client, logo=upload).status_code == 302
        now = settings_store.values(cast.unit, ["letterhead.lines", "letterhead.logo"])
        assert now["letterhead.lines"] == ["BAWASLU", "KOTA KENDARI"]
        assert documents.path_of(now["letterhead.logo"]).read_bytes().startswith(b"\x89PNG")
        shown = client.get(url("logo"))
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
        assert shown["Content-Disposition"].startswith("attachment")
        assert url("logo") in client.get(url("letterhead")).content.decode()
        before = LedgerEntry.objects.count()
        assert self.post(client).status_code == 302
        assert LedgerEntry.objects.count() == before
        assert self.post(client, remove_logo="on").status_code == 302
        assert client.get(url("logo")).status_code == 404

    @pytest.mark.parametrize(
        "content",
        [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\nrusak", b"GIF89a", b"%PDF-1.7", b""],
    )
    def test_other_files_are_refused_and_the_words_stay(self, cast, sign_in, content):
        upload = io.BytesIO(content)
        upload.name = "logo.png"
        answer = self.post(sign_in(cast.administrator), logo=upload)
        assert answer.status_code == 422
        assert "Jalan Contoh 1" in answer.content.decode()

    def test_too_many_pixels_and_too_many_bytes(self, cast, sign_in):
        for content in (picture(size=(5000, 1000)), picture() + b"\0" * (1024 * 1024)):
            upload = io.BytesIO(content)
            upload.name = "logo.png"
            assert self.post(sign_in(cast.administrator), logo=upload).status_code == 422


class TestNumbering:
    def test_next_reserve_cancel_and_filters(self, cast, sign_in):
        client = sign_in(cast.secretary)
        today = clock.today(cast.unit)
        series = numbering.scheme(cast.unit, "plenos.undangan")["code"]
        forward = {"series": series, "year": today.year, "value": "41"}
        assert client.post(url("number_next"), forward).status_code == 302
        reserve = {"kind": "plenos.undangan", "value": "41", "day": today.isoformat(), "reason": "surat ke KPU"}
        assert client.post(url("number_reserve"), reserve).status_code == 302
        assert client.post(url("number_reserve"), reserve).status_code == 422
        use = NumberUse.objects.get()
        assert client.post(url("number_cancel", use.uuid), {"reason": ""}).status_code == 422
        assert client.post(url("number_cancel", use.uuid), {"reason": "salah ketik"}).status_code == 302
        assert client.post(url("number_cancel", use.uuid), {"reason": "lagi"}).status_code == 422
        assert use.text in client.get(url("numbering") + "?keadaan=cancelled").content.decode()
        assert use.text not in client.get(url("numbering") + "?keadaan=drawn").content.decode()
        assert use.text not in client.get(url("numbering") + "?q=tidakada").content.decode()
        low = {"series": series, "year": today.year, "value": "41"}
        assert client.post(url("number_next"), low).status_code == 422


class TestDivisions:
    def test_add_correct_end(self, cast, sign_in):
        client = sign_in(cast.administrator)
        new = {"name": "Divisi Baru", "short_name": "Baru", "order": "5", "since": "2026-01-01"}
        assert client.post(url("division_add"), new).status_code == 302
        assert client.post(url("division_add"), new).status_code == 422
        division = Division.objects.get(name="Divisi Baru")
        corrected = {"name": "Divisi Benar", "short_name": "Benar", "order": "5"}
        assert client.post(url("division_correct", division.uuid), corrected).status_code == 302
        assert client.post(url("division_end", division.uuid), {"until": "2026-06-01"}).status_code == 302
        assert client.post(url("division_end", division.uuid), {"until": "2026-06-01"}).status_code == 409
        used = Division.objects.filter(organisation=cast.unit).first()
        assert client.post(url("division_end", used.uuid), {"until": "2026-06-01"}).status_code == 409

    def test_a_neighbours_division_cannot_be_chosen(self, cast, sign_in):
        theirs = Division.objects.filter(organisation=cast.neighbour_unit).first()
        answer = sign_in(cast.administrator).post(url("person_invite"), invitation(division=theirs.pk))
        assert answer.status_code == 422


def test_rename(cast, sign_in):
    assert sign_in(cast.administrator).post(url("unit_rename"), {"name": "Bawaslu Kota X"}).status_code == 302
    cast.unit.refresh_from_db()
    assert cast.unit.name == "Bawaslu Kota X"
