"""Who may see and change a build. The only way to obtain one for a page: unknown and forbidden raise the same NotFoundError."""

import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from waywatch.accounts.api import Place, Reach, Role, reach_of, roles_of
from waywatch.builds.models import Build
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError, not_found
from waywatch.lib.rows import one

EDITORS = (Role.COORDINATOR, Role.CO_HOST)


def visible_builds(actor: Actor | None) -> QuerySet[Build]:
    """Return the builds this actor may see: listed ones with any role at all, others within reach. Raises NotFoundError without a role."""
    if actor is None or not (actor.is_system or roles_of(actor)):
        raise not_found()
    reach = reach_of(actor, *EDITORS, Role.ANALYST)
    if reach.everywhere:
        return Build.objects.all()
    return Build.objects.filter(Q(listed=True) | _within(reach))


def build_for(actor: Actor | None, slug: str) -> Build:
    """Return the build, or raise NotFoundError."""
    return one(visible_builds(actor).filter(slug=slug))


def editable_build_for(actor: Actor | None, slug: str) -> Build:
    """Return the build if this actor may change it, else raise NotFoundError."""
    build = build_for(actor, slug)
    if not may_edit(actor, build):
        raise not_found()
    return build


def may_edit(actor: Actor | None, build: Build) -> bool:
    """Tell whether this actor may change this build: a coordinator of its state or province, or a co-host of this very build."""
    coordinator = reach_of(actor, Role.COORDINATOR)
    if coordinator.covers_region(build.region_id):
        return True
    return build.pk in reach_of(actor, Role.CO_HOST).builds


def adding_reach(actor: Actor | None) -> Reach:
    """Return where this actor may add builds; it may be nowhere."""
    return reach_of(actor, Role.COORDINATOR)


def may_add(actor: Actor | None) -> Reach:
    """Return where this actor may add builds; raises NotFoundError where nowhere."""
    reach = adding_reach(actor)
    if reach.is_empty:
        raise not_found()
    return reach


def may_list(actor: Actor | None, build: Build) -> bool:
    """Tell whether this actor decides who may see this build and what it covers: the coordinator of its state or province."""
    return adding_reach(actor).covers_region(build.region_id)


def check_move(actor: Actor | None, build: Build, region: Any) -> None:
    """Raise InvalidError if `region` would carry the build out of what this actor may change. None changes nothing."""
    if region is None or region.pk == build.region_id or adding_reach(actor).covers_region(region.pk):
        return
    raise InvalidError(
        gettext("You may not move a build to this state or province. Leave it, or ask its coordinator."), field="region"
    )


def _within(reach: Reach) -> Q:
    return Q(region_id__in=reach.regions) | Q(pk__in=reach.builds)


def grant_place(actor: Actor, build_id: uuid.UUID) -> Place | None:
    """Return a build as the place of a grant, for an actor who may change it; None for everybody else."""
    build = visible_builds(actor).filter(pk=build_id).first()
    if build is None or not may_edit(actor, build):
        return None
    return Place(name=f"{build.city or build.region_id} {build.year}", region_code=build.region_id)
