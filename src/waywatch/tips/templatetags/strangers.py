"""Template filters for what a stranger wrote."""

from django import template

from waywatch.lib.text import made_visible

register = template.Library()
register.filter("visible", made_visible)
