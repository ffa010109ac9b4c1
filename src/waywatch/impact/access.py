"""Who may see impact pages: everybody with a role. They show counts and published facts, nothing about people."""

from typing import Any

from django.utils.translation import gettext

from waywatch.accounts.api import roles_of
from waywatch.builds import api as builds
from waywatch.geo import api as geo
from waywatch.impact import queries
from waywatch.lib.actors import Actor
from waywatch.lib.errors import NotFoundError, not_found


def enter(actor: Actor | None) -> None:
    """Let the actor in, or raise NotFoundError."""
    if actor is None or not (actor.is_system or roles_of(actor)):
        raise not_found()


def year_for(actor: Actor | None, year: int) -> Any:
    """Return the builds that the report of a year counts, or raise NotFoundError: no role, or no report of that year."""
    enter(actor)
    if year not in queries.report_years():
        raise NotFoundError(gettext("There is no report of this year."))
    return builds.in_year(year)


def region_for(actor: Actor | None, code: str) -> tuple[geo.RegionInfo, Any]:
    """Return a state or province and its builds that this actor may see, or raise NotFoundError."""
    visible = builds.visible_builds(actor)
    region = geo.region(code.upper())
    if region is None:
        raise not_found()
    return region, builds.in_region(region.code) & visible
