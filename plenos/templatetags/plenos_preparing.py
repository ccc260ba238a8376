"""What a page of the plenary asks of the preparation: the minutes that an item approves."""

from django import template

from .. import preparation

register = template.Library()


@register.simple_tag
def last_minutes(pleno):
    """The last ratified pleno of the unit before this one, whose minutes are approved; or None."""
    return preparation.last_ratified(pleno)
