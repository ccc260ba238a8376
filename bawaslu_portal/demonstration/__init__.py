"""The demonstration: units with made-up people, named by office, whom the apps' chapters let act.

Nothing here knows an app. ``people`` brings units and people in through the kernel's verbs, ``accounts`` keeps their
sign-ins in the state folder, and the command ``manage.py demo`` then plays the chapter of each app.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from . import together

# Reserved names (RFC 2606): no message to them ever leaves.
DOMAIN = "contoh.invalid"


@dataclass
class Cast:
    """What a chapter is given: the units by code, the real moment of loading, and what happens meanwhile.

    ``events``: {code of unit: [(moment, function)]}: changes among the people, for a chapter to call when its clock
    has come to that moment.
    """

    now: object
    units: dict = field(default_factory=dict)
    events: dict = field(default_factory=dict)
    each: Callable = together.each
