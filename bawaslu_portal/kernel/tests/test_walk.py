"""Every address with an object in it, every method: the owner reaches that very object, nobody else learns of it.

The addresses are computed from the urlconf; one without its positive control in the address book fails.
"""

import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Membership
from bawaslu_portal.kernel.tests.address_book import LEFT_OUT, MAY_BE_ABSENT, book
from bawaslu_portal.kernel.tests.factories import signed_in
from bawaslu_portal.kernel.tests.test_house import patterns
from bawaslu_portal.kernel.tests.world import make_world

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REACHED = {
    "GET": {200, 302, 405, 409},
    # A button, a wrong or empty form, a step that is not now, a page that takes no POST.
    "POST": {200, 204, 302, 303, 405, 409, 422},
}
NOWHERE = {"code": "99.99", "uuid": uuid.UUID(int=7), "year": 1999, "week": 1, "ordinal": 99}
ABSENT = {**NOWHERE, "key": "no.such.key", "number": 99999, "kind": "no-such-kind", "correction": NOWHERE["uuid"]}
# Pages without an object that open before signing in, and why.
BEFORE_SIGNING_IN = {
    "health": "asked by machines",
    "account_login": "where one signs in",
    "account_reset_password": "says who can help",
    "account_inactive": "says why one cannot come in",
    "mfa_authenticate": "in the middle of signing in",
    "account_reauthenticate": "sends to the sign-in page by itself",
    "mfa_reauthenticate": "sends to the sign-in page by itself",
    "account_logout": "sends home whoever is out already",
    "kernel:language": "the language of the sign-in page",
    "kernel:theme": "the display of the sign-in page",
}


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Thousands of refusals are meant here."""
    caplog.set_level("ERROR", "django.request")


def names(with_object):
    """URL names of the site with (or without) an object in the address; Django admin is the operator's."""
    return {name for name, entry in patterns() if not name.startswith("admin:") and bool(PARTS[name]) is with_object}


def _walk_parts():
    """The parts of each address: {name: {"code", "uuid", ...}}."""
    found = {}

    def walk(resolver, space, parts):
        for entry in resolver.url_patterns:
            own = {**parts, **entry.pattern.converters}
            if isinstance(entry, URLPattern):
                found[f"{space}{entry.name}"] = set(own)
            else:
                walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space, own)

    walk(get_resolver(), "", {})
    return found


PARTS = _walk_parts()


def send(client, method, path):
    """Send, and take back whatever it did."""
    with transaction.atomic():
        answer = client.generic(method, path)
        transaction.set_rollback(True)
    return answer


def test_every_address_with_an_object_has_its_positive_control():
    class Anything:
        def __getattr__(self, name):
            return Anything()

        def __call__(self, *_arguments):
            return ("1", "1")

    entries = set(book(Anything()))
    assert names(with_object=True) - set(LEFT_OUT) == entries
    assert set(LEFT_OUT) <= names(with_object=True)
    assert set(MAY_BE_ABSENT) <= entries


@pytest.fixture
def clients():
    """One client for each person, signed in once."""
    kept = {}

    def _client(user):
        if user.pk not in kept:
            kept[user.pk] = signed_in(Client(), user)
        return kept[user.pk]

    return _client


def same_page(content, path):
    """The page without its token and its own address (which the switches in the foot come back to)."""
    content = re.sub(rb'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken[^}]+}', b"", content)
    return content.replace(path.encode(), b"")


@pytest.mark.parametrize("space", ["plenos", "kernel"])
def test_the_owner_reaches_it_and_nobody_else_learns_that_it_is_there(cast, clients, space):
    world = make_world(cast)
    strangers = (cast.neighbour, cast.outsider, world.neighbours_administrator, world.outsiders_administrator)
    faults, walked = [], 0
    for name, (kwargs, owner) in book(world).items():
        if not name.startswith(f"{space}:"):
            continue
        walked += 1
        path = reverse(name, kwargs=kwargs)
        own = {method: send(clients(owner), method, path) for method in ("GET", "POST")}
        for method, answer in own.items():
            if answer.status_code not in REACHED[method]:
                faults.append(f"{name}: its owner got {answer.status_code} from {method}")
        if {answer.status_code for answer in own.values()} == {405}:
            faults.append(f"{name}: its owner reached it by no method")
        if name == "kernel:people_import_confirm":
            own["POST"].status_code = 409  # an empty upload is refused like a stale one
        faults += absent(name, kwargs, owner, own, clients)
        faults += strange(name, path, kwargs, strangers, own, clients)
    assert not faults, "\n".join(faults)
    assert walked > 35


def absent(name, kwargs, owner, own, clients):
    """The owner gets 404 where one part of the address names nothing: so what he reached was that very object."""
    method = "POST" if own["GET"].status_code == 405 else "GET"
    for part in kwargs:
        if part in MAY_BE_ABSENT.get(name, ()):
            continue
        status = send(clients(owner), method, reverse(name, kwargs={**kwargs, part: ABSENT[part]})).status_code
        if status != 404:
            yield f"{name}: {method} with another {part} answered {status}, not 404"


def strange(name, path, kwargs, strangers, own, clients):
    """Strangers get the 404 of what does not exist; a method that nobody may use is refused to all alike."""
    nowhere = reverse(name, kwargs={**kwargs, **{part: ABSENT[part] for part in kwargs if part != "key"}})
    for stranger in strangers:
        for method in METHODS if stranger is strangers[0] else ("GET", "POST"):
            answer = send(clients(stranger), method, path)
            # A method that nobody may use is refused before anything is looked for.
            closed = answer.status_code == 405 and (method not in own or own[method].status_code == 405)
            if answer.status_code != 404 and not closed:
                yield f"{name}: {method} answered {answer.status_code} to {stranger}"
            if stranger is strangers[0] and method in own:
                other = send(clients(stranger), method, nowhere)
                alike = same_page(answer.content, path) == same_page(other.content, nowhere)
                if answer.status_code != other.status_code or not alike:
                    yield f"{name}: {method} tells {stranger} what is there from what is not"
    for method in own:
        answer = send(Client(), method, path)
        if answer.status_code != 302 or not answer["Location"].startswith(reverse("account_login")):
            yield f"{name}: {method} answered {answer.status_code} to the anonymous visitor"


def test_pages_without_an_object_lead_the_anonymous_visitor_to_the_sign_in_page(db, client):
    faults = []
    for name in sorted(names(with_object=False) - set(BEFORE_SIGNING_IN)):
        for method in METHODS:
            answer = send(client, method, reverse(name))
            if answer.status_code != 302 or not answer["Location"].startswith(reverse("account_login")):
                faults.append(f"{name}: {method} answered {answer.status_code}")
    assert faults == []


def test_one_whose_membership_ended_is_a_stranger_from_that_minute(cast, clients):
    world = make_world(cast)
    entries = [(name, *entry) for name, entry in book(world).items()]
    Membership.objects.filter(organisation=cast.unit).update(until=clock.now())
    for name, kwargs, owner in entries:
        if not Membership.objects.filter(user=owner, organisation=cast.unit).exists():
            continue
        for method in ("GET", "POST"):
            status = send(clients(owner), method, reverse(name, kwargs=kwargs)).status_code
            # His own e-mail's invitation and his own jobs stay his own; that is all.
            if name not in ("kernel:job", "kernel:job_again"):
                assert status in (404, 405), f"{name} {method}"


def test_one_time_links_open_with_their_secret_only(db, client):
    assert client.get(reverse("kernel:link_use", args=["tebakan"])).status_code == 404
    assert client.post(reverse("kernel:link_use", args=["tebakan"]), {"password": "x"}).status_code == 404


# --- allauth -------------------------------------------------------------------------------------------

NOT_ROUTED = (
    "account_signup",
    "account_email",
    "account_confirm_email",
    "account_set_password",
    "socialaccount_signup",
)


def allauth_pages():
    return [name for name, _entry in patterns() if name.startswith(("account_", "mfa_"))]


def test_what_is_not_wanted_of_allauth_does_not_exist():
    for name in NOT_ROUTED:
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert len(allauth_pages()) > 8


@pytest.mark.parametrize("name", allauth_pages())
def test_pages_of_allauth_carry_our_templates(cast, client, name):
    for signed in (False, True):
        if signed:
            signed_in(client, cast.chair)
        answer = client.get(reverse(name))
        assert answer.status_code in (200, 302, 404, 405)
        for template in answer.templates:
            if template.name and template.name.startswith(("account/", "mfa/", "allauth/", "base")):
                assert Path(template.origin.name).is_relative_to(Path(settings.BASE_DIR) / "templates"), template.name
