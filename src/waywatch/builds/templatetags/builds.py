"""Template tags for figures."""

from decimal import Decimal
from urllib.parse import urlsplit

from django import template
from django.utils.formats import number_format

from waywatch.builds.rules import worded as worded_rule

register = template.Library()


@register.filter
def short_address(address: str) -> str:
    """Shorten a web address to what tells a reader where it leads: its host and the end of its path. What is no address stays whole."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if not parts.netloc:
        return address
    end = parts.path.rstrip("/").rpartition("/")[2]
    host = parts.netloc.removeprefix("www.")
    return f"{host}/…/{end}" if end else host


@register.simple_tag
def worded(value: int | None, qualifier: str | None) -> str:
    """Show a number with the word that stood before it, grouped as the reader's language does."""
    return worded_rule(value, qualifier or "")


@register.filter
def as_stored(value: Decimal) -> str:
    """Show a number with all its digits and no more: 33.33 stays so, 90.00 is 90."""
    return str(number_format(Decimal(f"{value.normalize():f}")))
