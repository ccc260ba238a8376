"""What every page knows: for whom it is, of which unit, in which language and display."""

from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import catalogue, clock
from .models.members import Membership
from .models.organisations import ZONE_LABELS

THEMES = [("", _("ikut perangkat")), ("light", _("terang")), ("dark", _("gelap"))]
THEME_COOKIE = "portal_theme"
MEMBERSHIP_KEY = "membership"


class Portal:
    """Asked lazily, so that a page (or an error page) pays only for what it shows."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def user(self):
        """The signed-in user, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def memberships(self):
        return Membership.objects.of_person(self.user, clock.now()) if self.user else []

    @property
    def known(self):
        """The memberships where they were asked for already, else None."""
        return self.__dict__.get("memberships")

    @cached_property
    def membership(self):
        """The membership under whose name the user works now: the chosen one, else the first."""
        chosen = self.request.session.get(MEMBERSHIP_KEY) if self.user else None
        return next((m for m in self.memberships if m.pk == chosen), next(iter(self.memberships), None))

    @cached_property
    def unit(self):
        return self.membership.organisation if self.membership else None

    @cached_property
    def navigation(self):
        if not self.user:
            return []
        return [{**entry, "url": reverse(entry["url_name"])} for entry in catalogue.navigation(self.request)]

    @cached_property
    def search(self):
        """The address of the search, or None."""
        name = catalogue.search_for(self.user) if self.user else None
        return reverse(name) if name else None

    @cached_property
    def zone_label(self):
        """WIB, WITA or WIT of the user's unit; WIB where there is none."""
        return ZONE_LABELS.get(self.unit.time_zone if self.unit else settings.TIME_ZONE, "WIB")

    @property
    def demo(self):
        return settings.PORTAL_DEMO

    @cached_property
    def broker_trouble(self):
        from . import jobs

        return bool(self.user) and jobs.broker_trouble()

    @property
    def language(self):
        return get_language()

    @property
    def languages(self):
        return settings.LANGUAGES

    @cached_property
    def theme(self):
        """``light`` or ``dark`` where the reader chose, else an empty text: the system decides."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in {"light", "dark"} else ""

    @property
    def themes(self):
        return THEMES

    @property
    def here(self):
        """The page to come back to after a switch in the foot; a POST has no page, so the desk."""
        return self.request.get_full_path() if self.request.method == "GET" else reverse("desk")


def portal(request):
    """Context processor: one name, ``portal``, so that no view's own variable can hide it."""
    return {"portal": request.portal if hasattr(request, "portal") else Portal(request)}
