"""The rules of the house as functions: each takes a path and the text of a file and gives its faults.

They know nothing of the tree, so that a test can show each of them a file that breaks its rule.
"""

import ast
import functools
import re
from collections import namedtuple

Fault = namedtuple("Fault", "place what")

BUSINESS_WORDS = ("pleno", "program", "temuan", "quorum", "kuorum", "risalah", "notulen", "berita_acara", "rapat")
CONTENT_MODELS = {
    "AgendaItem",
    "Decision",
    "Dissent",
    "Document",
    "FollowUp",
    "Minutes",
    "Scan",
    "Signature",
    "StoredFile",
    "Vote",
}
CONTENT_RELATIONS = {"items", "decisions", "minutes", "scans", "invitations", "signatures", "follow_ups"}
GATES = {"find_preparing", "_readable", "reads_minutes", "reach", "readable_by"}
WINDOWS = {"visible_to", "none"}


parsed = functools.lru_cache(maxsize=None)(ast.parse)  # every rule reads every file


@functools.cache
def parents_of(tree):
    """Each node's parent."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def owner_of(node, parents):
    """The name of the outermost function or class in which ``node`` stands."""
    name = "module"
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = node.name
    return name


def chain_after(node, parents):
    """Names of the calls that follow ``node`` in one chain: X.objects.filter().visible_to() -> filter, visible_to."""
    names = []
    while True:
        attribute = parents.get(node)
        if isinstance(attribute, ast.Attribute) and attribute.value is node:
            names.append(attribute.attr)
            call = parents.get(attribute)
            node = call if isinstance(call, ast.Call) and call.func is attribute else attribute
        else:
            return names


def unscoped_reads(path, text):
    """Rows read in a view or form otherwise than through ``visible_to``."""
    tree = parsed(text)
    parents = parents_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            chain = chain_after(node, parents)
            if not WINDOWS & set(chain):
                model = getattr(node.value, "id", getattr(node.value, "attr", "?"))
                yield Fault(f"{path}::{owner_of(node, parents)}", f"{model}.objects.{'.'.join(chain[:1])}")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("get_object_or_404", "get_list_or_404"):
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id[:1].isupper():
                yield Fault(f"{path}::{owner_of(node, parents)}", f"get_object_or_404({first.id})")


def content_models_in_views(path, text):
    """Models of content that a view imports: it must ask ``queries`` or ``readable_by`` instead."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name in CONTENT_MODELS:
                    yield Fault(path, f"imports {alias.name}")


def ungated_content(path, text):
    """View functions that follow a relation to content without asking first who may read it."""
    tree = parsed(text)
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        called = {
            getattr(n.func, "attr", getattr(n.func, "id", "")) for n in ast.walk(function) if isinstance(n, ast.Call)
        }
        if called & GATES:
            continue
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr in CONTENT_RELATIONS
                and node.attr in ("all", "filter", "exclude", "order_by", "select_related", "get", "first", "exists")
            ):
                yield Fault(f"{path}::{function.name}", f".{node.value.attr}.{node.attr}()")


def key_locks(path, text):
    """Rows locked against being named: ``no_key`` is missing (kernel/lifecycle.py says why it must stand)."""
    tree = parsed(text)
    parents = parents_of(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "select_for_update":
            continue
        if not any(k.arg == "no_key" and getattr(k.value, "value", None) is True for k in node.keywords):
            yield Fault(f"{path}::{owner_of(node, parents)}", "select_for_update() without no_key=True")


def state_assigned(path, text):
    """Assignments to ``.state`` and updates of it: only a lifecycle changes states."""
    tree = parsed(text)
    parents = parents_of(tree)
    for node in ast.walk(tree):
        targets = []
        if isinstance(node, ast.Assign):
            targets = [t for target in node.targets for t in getattr(target, "elts", [target])]
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr == "state":
                yield Fault(f"{path}::{owner_of(node, parents)}", ".state = ...")
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("update", "bulk_update") and any(k.arg == "state" for k in node.keywords):
                yield Fault(f"{path}::{owner_of(node, parents)}", ".update(state=...)")
            if name == "setattr" and len(node.args) > 1 and getattr(node.args[1], "value", None) == "state":
                yield Fault(f"{path}::{owner_of(node, parents)}", "setattr(..., 'state')")


SAFE = "bawaslu_portal/kernel/texts.py"  # cleans what it calls safe, in the same line


def forbidden_code(path, text):
    """``fields = "__all__"``, ``.extra(``, RawSQL, ``filter(**request...)``, ``mark_safe``, skipped tests."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Assign) and getattr(node.value, "value", None) == "__all__":
            yield Fault(path, 'fields = "__all__"')
        if isinstance(node, ast.keyword) and node.arg == "fields" and getattr(node.value, "value", None) == "__all__":
            yield Fault(path, 'fields="__all__"')
        if isinstance(node, ast.Attribute) and node.attr in ("extra", "raw") and "objects" in ast.dump(node.value):
            yield Fault(path, f".{node.attr}(")
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", "")))
        raw = name in ("mark_safe", "SafeString", "RawSQL") and (str(path), name) != (SAFE, "mark_safe")
        if raw and isinstance(node, ast.Name | ast.Attribute | ast.alias):
            yield Fault(path, name)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("filter", "exclude", "get", "update"):
            for keyword in node.keywords:
                if keyword.arg is None and "request" in ast.unparse(keyword.value):
                    yield Fault(path, f"{node.func.attr}(**{ast.unparse(keyword.value)})")
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("skip", "skipif", "xfail")
            and getattr(node.value, "attr", "") == "mark"
        ):
            yield Fault(path, f"pytest.mark.{node.attr}")


NOW = re.compile(r"(?:\w+\.)*(?:timezone\.now|datetime\.now|datetime\.today|date\.today|utcnow|localdate|localtime)")


def other_clocks(path, text):
    """The moment asked of anything but ``kernel/clock.py``."""
    tree = parsed(text)
    parents = parents_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and NOW.fullmatch(ast.unparse(node.func)):
            yield Fault(f"{path}::{owner_of(node, parents)}", ast.unparse(node.func))


def weasyprint_imported(path, text):
    """Imports of WeasyPrint or what lies under it."""
    for node in ast.walk(parsed(text)):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] in ("weasyprint", "tinycss2", "pydyf"):
                yield Fault(path, f"import {name}")


def business_names(path, text):
    """Names in the kernel (files, functions, classes, arguments, variables) that speak of an app's business."""
    names = {path.rsplit("/", 1)[-1].removesuffix(".py")}
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.alias):
            names.add(node.name)
        elif isinstance(node, ast.arg | ast.keyword):
            names.add(node.arg or "")
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
    for name in sorted(names):
        if any(word in name.lower() for word in BUSINESS_WORDS):
            yield Fault(path, name)


def names_apps(path, text, apps):
    """Later apps named, also in strings: 'workprograms.Programme', get_model, {% url %}."""
    for number, line in enumerate(text.splitlines(), 1):
        for app in apps:
            if re.search(rf"\b{app}\b(?!_)", line) and not re.search(rf"#.*\b{app}\b", line):
                yield Fault(f"{path}:{number}", app)


def verbs_without_name(path, text):
    """Public functions of a lifecycle whose ``by`` is missing, positional or optional."""
    for node in parsed(text).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        changes = "advance(" in ast.unparse(node) or "ledger.record(" in ast.unparse(node)
        required = [
            a.arg for a, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if default is None
        ]
        if changes and "by" not in required:
            yield Fault(f"{path}::{node.name}", "by is not keyword-only and required")


MARKUP = (
    (re.compile(r"\sstyle\s*="), "style attribute"),
    (re.compile(r"<style[\s>]"), "<style>"),
    (re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"), "inline script"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']"), "on* attribute"),
    (re.compile(r"hx-on"), "hx-on"),
    (re.compile(r"javascript:"), "javascript: address"),
    (re.compile(r"\|\s*safe\b|\bsafeseq\b|autoescape\s+off"), "unescaped text"),
    (re.compile(r"{%\s*now\b"), "a clock of its own"),
    (re.compile(r"(?:src|href|action)=[\"']https?://(?!wa\.me)"), "something from elsewhere"),
)


def forbidden_markup(path, text):
    """Inline styles and scripts, unescaped text, another clock, things fetched from elsewhere."""
    text = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", text, flags=re.S)
    for pattern, what in MARKUP:
        if pattern.search(text):
            yield Fault(path, what)


def eager_tasks(path, text):
    """Tasks carried out where they are asked for."""
    if "always" + "_eager" in text.lower():
        yield Fault(path, "tasks run eagerly")
