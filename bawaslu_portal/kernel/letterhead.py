"""What stands at the head of every paper of a unit: its letterhead, place, zone and usual size of paper."""

from .settings_store import values

KEYS = [f"letterhead.{part}" for part in ("lines", "address", "contact", "logo", "place")]


def lines_of(value):
    """Lines of a setting that is a list of lines or a text with line breaks."""
    lines = value if isinstance(value, list) else str(value or "").splitlines()
    return [line.strip() for line in lines if line.strip()]


def body_of(organisation):
    """The part ``body`` of every frozen record, as templates/pdf/letterhead.html wants it."""
    held = values(organisation, [*KEYS, "paper.size"])
    return {
        "code": organisation.code,
        "name": organisation.name,
        "kop": lines_of(held["letterhead.lines"]),
        "address": lines_of(held["letterhead.address"]),
        "contact": str(held["letterhead.contact"] or ""),
        "logo": held["letterhead.logo"] or None,
        "paper": held["paper.size"],
        "place": str(held["letterhead.place"]),
        "zone": organisation.zone_label,
        "tz": organisation.time_zone,
    }
