"""Template tags for figures."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

from waywatch.builds.rules import worded as worded_rule

register = template.Library()


@register.simple_tag
def worded(value: int | None, qualifier: str | None) -> str:
    """Show a number with the word that stood before it, grouped as the reader's language does."""
    shown = None if value is None else str(intcomma(value))
    return worded_rule(value, qualifier or "", shown)
