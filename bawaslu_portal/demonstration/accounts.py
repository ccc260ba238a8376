"""The sign-ins of the demonstration: one password for all, drawn at random, in a file that only its owner may read."""

import contextlib
import os
import secrets

from bawaslu_portal import embedded

# Without letters and figures that are taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 12
SHOWN_WHOLE = {"74", "74.71"}  # of these every sign-in is named, of other units the chair alone


def path():
    """The file: tab-separated lines of role, code of the unit, e-mail, password."""
    return embedded.state_dir() / "demo-accounts.tsv"


def read():
    """The lines of the file as lists of four; empty where there is none."""
    with contextlib.suppress(FileNotFoundError):
        return [line.split("\t") for line in path().read_text(encoding="utf-8").splitlines()]
    return []


def shown(lines):
    """Those worth naming: the chair of each unit, and everyone of the units that are shown whole."""
    return [line for line in lines if line[1] in SHOWN_WHOLE or (line[0] == "chair" and line[1] not in {"00", "36"})]


def password():
    """The password that the file holds, and whether it had to be drawn anew."""
    lines = read()
    if lines:
        return lines[0][3], False
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), True


def write(people, secret):
    """Keep one line for each of ``people`` (role, code, e-mail); the file is replaced at once, mode 0600."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_name(f"{target.name}-{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines("\t".join([*person, secret]) + "\n" for person in people)
    fresh.replace(target)
