"""Time left, in words."""

from datetime import timedelta
from math import ceil

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.simple_tag
def minutes(count: int) -> str:
    """A count of minutes; over where it is negative."""
    if count < 0:
        return _("over")
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


@register.simple_tag
def minutes_left(left: timedelta) -> str:
    """What a candidate reads of the clock: whole minutes, rounded up."""
    count = ceil(left.total_seconds() / 60)
    if count <= 0:
        return _("Your time is over; the next answer ends the test.")
    return ngettext("%(count)d minute left.", "%(count)d minutes left.", count) % {"count": count}
