"""What a page of the plenary asks of the preparation: the way to the next one, the minutes that an item approves."""

from django import template

from bawaslu_portal.kernel.lifecycle import TransitionRefused

from .. import permissions, preparation, submissions

register = template.Library()


@register.simple_tag
def last_minutes(pleno):
    """The last ratified pleno of the unit before this one, whose minutes are approved; or None."""
    return preparation.last_ratified(pleno)


@register.inclusion_tag("plenos/unit_next.html", takes_context=True)
def unit_next(context, unit):
    """The way to the unit's next pleno for those who prepare it, and to its inbox for those who may open it."""
    user = context["request"].user
    plans = permissions.may_plan(user, unit)
    facts = {"request": context["request"], "csrf_token": context.get("csrf_token"), "unit": unit, "may_plan": plans}
    facts |= {"may_propose": permissions.may_propose(user, unit), "may_ask": permissions.may_ask(user, unit)}
    if not plans:
        return facts
    try:
        slot = preparation.next_slot(unit)
    except TransitionRefused:
        slot = None
    drafts = preparation.preparing(unit).select_related("organisation")
    return facts | {"slot": slot, "drafts": drafts, "waiting": submissions.inbox_count([unit.pk]).get(unit.pk, 0)}
