"""Template filters for moments."""

import datetime as dt

from django import template
from django.utils.timesince import timesince

from waywatch.lib import clock

register = template.Library()
MINUTE = dt.timedelta(minutes=1)


@register.filter
def since(moment: dt.datetime) -> str:
    """Return how long ago it was, or "" within the first minute: nobody reads "0 minutes ago"."""
    now = clock.now()
    return timesince(moment, now) if now - moment >= MINUTE else ""
