"""The rules of house.md that can be read from the tree. Each rule is also shown a file that breaks it."""

import ast
import configparser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, get_resolver

from bawaslu_portal.celery import app as celery
from bawaslu_portal.kernel.tests import rules
from bawaslu_portal.kernel.tests.world import make_world

ROOT = Path(settings.BASE_DIR)
OURS = ("bawaslu_portal", "plenos", "workprograms", "supervision")
LONGEST = 400

# Where a rule does not hold, and why. A place that no longer breaks it must be taken off (a test looks).
EXCEPTIONS = {
    "unscoped_reads": {
        "bawaslu_portal/kernel/views.py::_own_job Job.objects.filter": "a job is its addressee's only, and is asked so",
        "bawaslu_portal/kernel/preferences.py::language User.objects.filter": "the reader's own row",
        "bawaslu_portal/kernel/preferences.py::membership Membership.objects.filter": "the reader's own memberships",
        "bawaslu_portal/kernel/unit_views/people.py::_suspended Suspension.objects.filter": "asked of memberships that "
        "visible_to gave",
        "bawaslu_portal/kernel/unit_views/settings.py::logo StoredFile.objects.filter": "bytes named by a setting of a "
        "unit found before",
        "plenos/forms/meeting.py::OpenForm Membership.objects.filter": "the members of a unit found before",
        "bawaslu_portal/kernel/views.py::print_room Job.objects.filter": "jobs of papers that readable_by gave",
        "bawaslu_portal/kernel/views.py::calendar_file OutboxMessage.objects.filter": "of a unit found by visible_to; "
        "its addressee or a keeper of the outbox",
        "plenos/forms/adjourning.py::ResumeForm Membership.objects.filter": "the seats on the pleno's own list",
        "plenos/views/meeting.py::open_session Membership.objects.in_office_on": "the members of a unit found before",
        "plenos/forms/fields.py::members_of Membership.objects.filter": "the members of a unit found before",
        "plenos/forms/fields.py::members_of Membership.objects.in_office_on": "the members of a unit found before",
        "plenos/forms/fields.py::takers_of Membership.objects.filter": "the secretariat of a unit found before",
    },
    "content_models_in_views": {
        "bawaslu_portal/kernel/unit_views/settings.py imports StoredFile": "the logo of a unit found before",
    },
    "ungated_content": {
        "plenos/views/meeting.py::_decide_form .decisions.exclude()": "its pages asked find_preparing",
        "plenos/views/meeting.py::_decide_form .follow_ups.all()": "as above",
        "plenos/views/meeting.py::agenda_facts .follow_ups.all()": "of items that queries.items_of gave",
    },
    "state_assigned": {
        "bawaslu_portal/kernel/lifecycle.py::advance .state = ...": "the one way to change a state",
        "plenos/lifecycle/following.py::_change .state = ...": "the one way of a follow-up, which has no version",
        "plenos/national/writing.py::Writing .state = ...": "a made-up session, not a row yet",
        "bawaslu_portal/kernel/jobs.py::claim .update(state=...)": "a job is no record: its state is the worker's",
        "bawaslu_portal/kernel/jobs.py::finish .update(state=...)": "as claim",
        "bawaslu_portal/kernel/jobs.py::fail .update(state=...)": "as claim",
        "bawaslu_portal/kernel/jobs.py::try_again .update(state=...)": "as claim",
        "bawaslu_portal/kernel/numbering.py::cancel .state = ...": "a number is drawn or marked, under its own lock",
        "bawaslu_portal/kernel/mail.py::_settle .update(state=...)": "a message is sent by the clock",
        "bawaslu_portal/kernel/outbox.py::try_again .state = ...": "or at the asking of a person",
    },
    "other_clocks": {
        "bawaslu_portal/kernel/clock.py::now timezone.now": "the only source of now",
        "bawaslu_portal/kernel/jobs.py::claim timezone.now": "leases run by the real clock, whatever a story sets",
        "bawaslu_portal/kernel/jobs.py::finish timezone.now": "as claim",
        "bawaslu_portal/kernel/jobs.py::fail timezone.now": "as claim",
        "bawaslu_portal/kernel/jobs.py::reconcile timezone.now": "as claim",
        "bawaslu_portal/kernel/jobs.py::beat timezone.now": "a sign of life is the machine's",
    },
    "weasyprint_imported": {
        "bawaslu_portal/kernel/pdf.py": "the one importer",
    },
}


def files(*patterns, tests=False):
    """Our files that match, as (path from the root, text)."""
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if ".venv" in name or "/migrations/" in name or (not tests and "/tests/" in name):
                continue
            yield name, path.read_text(encoding="utf-8")


def python(tests=False):
    yield from files(*[f"{name}/**/*.py" for name in OURS], tests=tests)


def pages():
    yield from files(
        "*/views.py",
        "*/views/*.py",
        "*/forms.py",
        "*/forms/*.py",
        "bawaslu_portal/kernel/views.py",
        "bawaslu_portal/kernel/preferences.py",
        "bawaslu_portal/kernel/unit_views/*.py",
        "bawaslu_portal/kernel/unit_forms/*.py",
        "bawaslu_portal/kernel/account_forms.py",
    )


def views():
    return [(path, text) for path, text in pages() if "form" not in path]


def templates():
    return [(path, text) for path, text in files("templates/**/*.html") if not path.startswith("templates/pdf/")]


# rule, the files that it reads, and a text that breaks it
RULES = {
    "unscoped_reads": (pages, "def page(request, code):\n    return Pleno.objects.filter(organisation__code=code)\n"),
    "content_models_in_views": (views, "from ..models import Decision\n"),
    "ungated_content": (views, "def page(request, pleno):\n    return pleno.minutes.all()\n"),
    "state_assigned": (python, "def page(pleno):\n    pleno.state, pleno.note = 'ratified', ''\n"),
    "forbidden_code": (lambda: python(tests=True), "class Meta:\n    fields = '__all__'\n"),
    "key_locks": (python, "def lock(row):\n    return type(row).objects.select_for_update().get(pk=row.pk)\n"),
    "other_clocks": (python, "def late(row):\n    return row.due < datetime.datetime.now(datetime.UTC)\n"),
    "weasyprint_imported": (python, "def paper():\n    from weasyprint import HTML\n"),
    "business_names": (
        lambda: files("bawaslu_portal/kernel/**/*.py", "bawaslu_portal/kernel/*.py"),
        "def close_pleno():\n    pass\n",
    ),
    "verbs_without_name": (
        lambda: files("*/lifecycle.py", "*/lifecycle/*.py"),
        "def ratify(pleno, by=None):\n    with advance(RATIFY, pleno, by=by):\n        pass\n",
    ),
    "forbidden_markup": (templates, '<p style="color: red">a</p>'),
    "eager_tasks": (
        lambda: [*python(tests=True), *files("*.ini", ".ci/*", "script/*", "bench/*.py")],
        "CELERY_TASK_ALWAYS_" + "EAGER = True",
    ),
}


def faults_of(name):
    """Every fault that the tree has against the rule, as sentences."""
    rule, (source, _broken) = getattr(rules, name), RULES[name]
    return {f"{f.place} {f.what}" for path, text in source() for f in rule(path, text)}


def allowed(name, fault):
    return any(fault == place or fault.startswith(f"{place} ") for place in EXCEPTIONS.get(name, ()))


@pytest.mark.parametrize("name", RULES)
def test_the_tree_keeps_the_rule(name):
    assert [f for f in sorted(faults_of(name)) if not allowed(name, f)] == []


@pytest.mark.parametrize("name", RULES)
def test_a_file_that_breaks_the_rule_is_noticed(name):
    assert list(getattr(rules, name)("plenos/views.py", RULES[name][1]))


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_is_still_needed_and_has_a_reason(name):
    found = faults_of(name)
    for place, reason in EXCEPTIONS[name].items():
        assert reason
        assert any(f == place or f.startswith(f"{place} ") for f in found), f"{place} no longer breaks {name}"


@pytest.mark.parametrize(
    "markup",
    [
        "<style>p{}</style>",
        "<script>go()</script>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        "{{ text|safe }}",
        "{% autoescape off %}",
        "{% now 'Y' %}",
        '<script src="https://example.org/x.js"></script>',
    ],
)
def test_each_forbidden_markup_is_noticed(markup):
    assert list(rules.forbidden_markup("templates/x.html", markup))


def test_papers_may_have_a_style_and_nothing_else_of_that_kind():
    faults = [f for path, text in files("templates/pdf/**/*.html") for f in rules.forbidden_markup(path, text)]
    assert [f for f in faults if f.what not in ("style attribute", "<style>")] == []


@pytest.mark.parametrize(
    "code",
    [
        "Pleno.objects.extra(where=['1=1'])",
        "Pleno.objects.raw('SELECT 1')",
        "RawSQL('1', [])",
        "rows.filter(**request.GET.dict())",
        "mark_safe(text)",
        "from django.utils.safestring import mark_safe",
        "modelform_factory(Pleno, fields='__all__')",
        "@pytest.mark.skip\ndef test_it():\n    pass",
        "@pytest.mark.xfail(reason='later')\ndef test_it():\n    pass",
    ],
)
def test_each_forbidden_word_is_noticed(code):
    assert list(rules.forbidden_code("plenos/views.py", code))


@pytest.mark.parametrize(
    "code", ["Pleno.objects.all()", "get_object_or_404(Pleno, uuid=uuid)", "Pleno._base_manager.get(pk=1)"]
)
def test_each_read_beside_the_window_is_noticed(code):
    assert list(rules.unscoped_reads("plenos/views.py", code))
    assert not list(rules.unscoped_reads("plenos/views.py", "Pleno.objects.filter(a=1).visible_to(user).first()"))


@pytest.mark.parametrize("code", ["row.state = 'a'", "rows.update(state='a')", "setattr(row, 'state', 'a')"])
def test_each_way_round_the_lifecycle_is_noticed(code):
    assert list(rules.state_assigned("plenos/views.py", code))


# --- floors --------------------------------------------------------------------------------------------


def contracts():
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return {s.removeprefix("importlinter:contract:"): parser[s] for s in parser.sections() if ":contract:" in s}


def test_import_linter_watches_the_floors():
    found = contracts()
    floors = found["floors"]["layers"].split()
    assert floors == ["supervision", "workprograms", "plenos", "bawaslu_portal.kernel"]
    assert {"plenos", "workprograms", "supervision"} <= set(found["kernel"]["forbidden_modules"].split())
    assert found["inside-plenos"]["layers"].split("\n")[-1].strip() == "models"
    assert "lint-imports" in (ROOT / "script" / "test").read_text()


def test_earlier_apps_never_name_later_ones_not_even_as_text():
    kernel = list(files("bawaslu_portal/kernel/**/*.py", "templates/kernel/*.html", "templates/account/**/*.html"))
    plenos = list(files("plenos/**/*.py", "templates/plenos/**/*.html"))
    faults = [f for p, t in kernel for f in rules.names_apps(p, t, ("plenos", "workprograms"))]
    faults += [f for p, t in kernel for f in rules.names_apps(p, t, (r"supervision[.:]",))]
    faults += [f for p, t in plenos for f in rules.names_apps(p, t, ("workprograms", r"supervision[.:]"))]
    assert faults == []
    assert list(rules.names_apps("x.py", "apps.get_model('workprograms', 'Programme')", ("workprograms",)))


# --- rooms ---------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_a_chapter():
    long = {path: n for path, text in python(tests=True) if (n := text.count("\n")) > LONGEST}
    assert long == {}, "make each a package of the same name"


def test_no_drawers():
    drawers = {"services.py", "utils.py", "helpers.py", "common.py", "misc.py", "signals.py"}
    assert [path for path, _ in python() if path.rsplit("/", 1)[-1] in drawers] == []


def patterns(resolver=None, prefix=""):
    """Every routed pattern with its full name."""
    resolver = resolver or get_resolver()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}", entry
        else:
            yield from patterns(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


BEGINS_NOT = {"health": "asks each part in a thread with a deadline, outside any transaction"}


def test_every_view_begins_its_transaction():
    missing = {
        name
        for name, entry in patterns()
        # Django admin: the operator's, without content.
        if not name.startswith("admin:") and not getattr(entry.callback, "begins", False)
    }
    assert missing == set(BEGINS_NOT)


def test_views_are_functions_of_some_fifteen_lines():
    """The exact number is taste; a view of more than forty lines decides something that belongs elsewhere."""
    long = [
        f"{path}::{node.name}"
        for path, text in views()
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 45
    ]
    assert long == []


def test_no_task_runs_where_it_is_asked_for():
    assert getattr(celery.conf, "task_always" + "_eager") is False
    assert celery.conf.task_publish_retry is False


# --- rows ----------------------------------------------------------------------------------------------

OF_NO_UNIT = {
    "kernel.User": "a person; his memberships say where",
    "kernel.Organisation": "the unit itself",
    "kernel.StoredFile": "bytes by their digest; the row that names them carries the unit",
    "kernel.Heartbeat": "the machine's",
    "kernel.LedgerHead": "carries the code as text, so that it survives",
    "kernel.LedgerEntry": "carries the code as text, so that it survives",
    "kernel.AnsweredRequest": "the sender's own",
    "kernel.LinkApproval": "part of its link",
}
WITHOUT_WINDOW = {
    "kernel.Counter": "asked by numbering only, shown through the page of numbers",
    "kernel.Parentage": "the tree, known to all",
}


def own_models():
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in OURS]


def test_every_row_of_a_unit_carries_its_organisation_and_a_window():
    names = {m._meta.label: m for m in own_models()}
    without = {label for label, m in names.items() if "organisation" not in {f.name for f in m._meta.fields}}
    assert without | {"kernel.LedgerHead", "kernel.LedgerEntry"} == set(OF_NO_UNIT)
    blind = {
        label for label, m in names.items() if label not in OF_NO_UNIT and not hasattr(m.objects.all(), "visible_to")
    }
    assert blind == set(WITHOUT_WINDOW)


def test_a_part_carries_the_organisation_of_its_whole(cast):
    """With one of everything: wherever a row names another row of a unit, both name the same unit."""
    make_world(cast)
    compared = 0
    for model in own_models():
        if "organisation" not in {f.name for f in model._meta.fields} or model._meta.label in OF_NO_UNIT:
            continue
        for field in model._meta.fields:
            whole = field.remote_field.model if field.remote_field else None
            if whole in own_models() and hasattr(whole, "organisation_id"):
                rows = model._base_manager.exclude(**{field.name: None})
                for own, theirs in rows.values_list("organisation", f"{field.name}__organisation"):
                    compared += 1
                    assert own == theirs, f"{model._meta.label}.{field.name}"
    assert compared > 100


@pytest.mark.xdist_group("together")
def test_tests_of_a_group_stay_together(request):
    """Tests that kill services or load the demonstration rely on it; a release of pytest undid it without a word."""
    grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@together") is bool(grouped)
