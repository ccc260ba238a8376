"""The same form sent twice acts once, also at the same moment; another text under its key is told apart."""

import threading
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import include, path

from bawaslu_portal.kernel.db import begins
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from bawaslu_portal.kernel.models import AnsweredRequest, Division
from bawaslu_portal.kernel.tests.factories import make_unit, person, signed_in

NAME = "Divisi yang dibuat formulir"


def create(request):
    """A view that creates a row: twice, if nothing holds it back."""
    if request.POST.get("name") == "":
        return HttpResponse("salah", status=422)
    time.sleep(float(request.POST.get("slow", 0)))
    unit = request.portal.unit
    Division.objects.create(organisation=unit, name=NAME, short_name="x", since="2024-01-01")
    if request.POST.get("refuse"):
        raise TransitionRefused("tidak sekarang")
    return redirect(f"/hasil/{Division.objects.filter(name=NAME).count()}/")


urlpatterns = [path("coba/", begins(create)), path("lain/", begins(create)), path("", include("bawaslu_portal.urls"))]


@pytest.fixture(autouse=True)
def own_addresses(settings):
    settings.ROOT_URLCONF = "bawaslu_portal.kernel.tests.test_requests"


@pytest.fixture
def post(kendari, client):
    signed_in(client, person(kendari, "chair"))

    def _post(key, address="/coba/", **body):
        return client.post(address, {"request_key": key, **body})

    return _post


def made():
    return Division.objects.filter(name=NAME).count()


def test_the_same_key_and_body_again_gives_the_stored_answer(post):
    key = uuid.uuid4()
    first, again = post(key, name="a"), post(key, name="a")
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"] == "/hasil/1/"
    assert made() == 1


@pytest.mark.parametrize(
    "other", [{"name": "b"}, {"name": "a", "more": "x"}, {"name": "a", "address": "/lain/"}, {"name": ["a", "a"]}]
)
def test_another_body_under_the_same_key_is_a_conflict(post, other):
    key = uuid.uuid4()
    post(key, name="a")
    answer = post(key, **other)
    assert answer.status_code == 409
    assert b"/hasil/1/" in answer.content
    assert made() == 1


def test_another_file_under_the_same_key_is_a_conflict(post):
    key = uuid.uuid4()
    post(key, name="a", file=SimpleUploadedFile("a.pdf", b"%PDF-1"))
    assert post(key, name="a", file=SimpleUploadedFile("a.pdf", b"%PDF-1")).status_code == 302
    assert post(key, name="a", file=SimpleUploadedFile("a.pdf", b"%PDF-2")).status_code == 409
    assert made() == 1


def test_another_key_acts_again(post):
    post(uuid.uuid4(), name="a")
    post(uuid.uuid4(), name="a")
    assert made() == 2


def test_a_form_that_was_wrong_may_be_mended_under_its_key(post):
    key = uuid.uuid4()
    assert post(key, name="").status_code == 422
    assert post(key, name="a").status_code == 302
    assert made() == 1


def test_a_refusal_keeps_nothing_and_may_be_tried_again(post):
    key = uuid.uuid4()
    assert post(key, name="a", refuse="1").status_code == 409
    assert made() == 0
    assert AnsweredRequest.objects.count() == 0


def test_a_key_is_ones_own(post, kendari):
    key = uuid.uuid4()
    post(key, name="a")
    other = signed_in(Client(), person(kendari, "note_taker"))
    other.post("/coba/", {"request_key": key, "name": "a"})
    assert made() == 2


@pytest.mark.parametrize("key", ["", "bukan-kunci"])
def test_without_a_key_the_form_still_works(post, key):
    assert post(key, name="a").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_at_once_act_once():
    unit = make_unit("74.71")
    chair, key, answers = person(unit, "chair"), str(uuid.uuid4()), []
    clients = [signed_in(Client(), chair) for _ in range(2)]
    start = threading.Barrier(2)

    def send(client):
        try:
            start.wait(10)
            answer = client.post("/coba/", {"request_key": key, "name": "a", "slow": "0.3"})
            answers.append((answer.status_code, answer["Location"]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [(302, "/hasil/1/")] * 2
    assert made() == 1
