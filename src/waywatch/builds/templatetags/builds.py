"""Template tags for figures."""

from urllib.parse import urlsplit

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

from waywatch.builds.rules import worded as worded_rule

register = template.Library()

# Abbreviations of the published figures' metric names. Names, so they stay as they are in every language.
METRIC_PREFIXES = {
    "cb_": "Coalition Builds",
    "fdp_": "Freedom Drivers Project",
    "cvsa_htai_": "CVSA HTAI",
    "botl_": "Busing on the Lookout",
    "ups_": "UPS",
}


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


@register.filter
def metric_words(metric: str) -> str:
    """Write out the name of a printed metric: "fdp_miles" becomes "Freedom Drivers Project: miles"."""
    for prefix, words in METRIC_PREFIXES.items():
        if metric.startswith(prefix):
            return f"{words}: {metric.removeprefix(prefix).replace('_', ' ')}"
    return metric.replace("_", " ").capitalize()


@register.simple_tag
def worded(value: int | None, qualifier: str | None) -> str:
    """Show a number with the word that stood before it, grouped as the reader's language does."""
    shown = None if value is None else str(intcomma(value))
    return worded_rule(value, qualifier or "", shown)
