"""Writes: one verb a function, in one transaction, audited. The caller obtained the build through access.py."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext

from waywatch.accounts.api import Reach
from waywatch.audit import api as audit
from waywatch.builds.models import Attendance, AttendanceCount, Build, Part
from waywatch.builds.rules import slug_for
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError, RefusedError

MAX_AT_ONCE = 500


class StaleError(RefusedError):
    """Somebody else changed the build since this form was opened."""

    code = "stale"


def add_build(actor: Actor, *, build: Build, also_covers: Iterable[str], reach: Reach) -> Build:
    """Save a new build that `actor` entered, within `reach`. Raises InvalidError for a state or province outside of it."""
    if not reach.covers_region(build.region_id):
        raise InvalidError(gettext("You may add builds in your own states and provinces only."), field="region")
    covers = sorted(also_covers)
    _require_reach(reach, covers)
    with transaction.atomic():
        place = build.city or build.region_id
        alike = slug_for(place=place, year=build.year, taken=())
        taken = Build.objects.filter(slug__startswith=alike).values_list("slug", flat=True)
        build.slug = slug_for(place=place, year=build.year, taken=taken)
        build.save(force_insert=True)
        build.also_covers.set(covers)  # type: ignore[arg-type]  # keys are as good as rows, the stubs know whole numbers only
        detail = {"region": build.region_id, "year": build.year, "also_covers": covers, "version": build.version}
        _record("build.added", build, actor, detail)
    return build


def edit_build(actor: Actor, *, build: Build, changed: Mapping[str, Any], version: int, reach: Reach) -> Build:
    """Set the fields in `changed`. Raises StaleError if the build is no longer the one of `version`; nothing is saved then."""
    with transaction.atomic():
        current = Build.objects.select_for_update().get(pk=build.pk)
        if current.version != version:
            raise StaleError(
                gettext("Somebody else changed this build meanwhile. Look at what is there now, then save again.")
            )
        before = {name: _plain(getattr(current, name)) for name in changed if name != "also_covers"}
        if "also_covers" in changed:
            before["also_covers"] = _set_covers(current, changed["also_covers"], reach)
        for name, value in changed.items():
            if name != "also_covers":
                setattr(current, name, value)
        _require_fit(current)
        current.version += 1
        current.edited_here = True
        current.save()
        _record("build.edited", current, actor, {"before": before, "version": current.version})
    return current


def _require_fit(build: Build) -> None:
    """Refuse facts that do not go together: the form saw the other half of them as it was before somebody else changed it."""
    try:
        build.validate_constraints()
    except ValidationError as error:
        raise InvalidError(
            gettext(
                "This does not fit what somebody else changed meanwhile: the day must lie in the year, and the end after the "
                "beginning. Open the build again and look."
            )
        ) from error


def _set_covers(build: Build, regions: Iterable[Any], reach: Reach) -> list[str]:
    """Let the build cover these states and provinces. Returns those it covered before."""
    before = sorted(build.also_covers.values_list("code", flat=True))
    now = sorted(region.pk for region in regions)
    _require_reach(reach, set(now) ^ set(before))
    build.also_covers.set(now)
    return before


def _require_reach(reach: Reach, regions: Iterable[str]) -> None:
    if not all(reach.covers_region(code) for code in regions):
        text = gettext(
            "Only the coordinator of a state or province says that a build held elsewhere covers it. Ask them."
        )
        raise InvalidError(text, field="also_covers")


def changed_since(build: Build, version: int) -> list[str]:
    """Return the names of the facts that were changed after `version`, from the audit log."""
    lines = audit.history("build", build.slug, limit=50)
    edits = [
        line.detail
        for line in lines
        if line.action == "build.edited" and int(str(line.detail.get("version", 0))) > version
    ]
    found = {name for detail in edits if isinstance(before := detail.get("before"), Mapping) for name in before}
    return sorted(found)


def add_part(actor: Actor, *, build: Build, part: Part) -> Part:
    """Add a co-host, a figure, a follow-up, a quote: anything under a build, at the end. Raises InvalidError if it is there already."""
    with transaction.atomic():
        locked = _locked(build)
        part.build = locked
        _refuse_double(part)
        last = type(part)._default_manager.filter(build=locked).order_by("-position").first()  # noqa: SLF001 - public by use
        part.position = last.position + 1 if last else 0
        part.save(force_insert=True)
        _touch(locked)
        _record(f"build.{_kind(part)}_added", locked, actor, {"id": str(part.pk)})
    return part


def _refuse_double(part: Part) -> None:
    text = gettext("This is there already. Remove the old one first, or leave it as it is.")
    # The same said on another page is still said once: it must not be counted again.
    aside = {"id", "position", "sources"}
    fields = [field for field in part._meta.concrete_fields if field.name not in aside]  # noqa: SLF001 - public
    same = {field.attname: getattr(part, field.attname) for field in fields}
    if type(part)._default_manager.filter(**same).exists():  # noqa: SLF001 - public by use
        raise InvalidError(text)
    try:
        part.validate_constraints()
    except ValidationError as error:
        raise InvalidError(text) from error


def remove_part(actor: Actor, *, build: Build, part: Part) -> None:
    """Take a part away again; the audit log keeps what it said."""
    with transaction.atomic():
        locked = _locked(build)
        said = {field.name: _plain(getattr(part, field.attname)) for field in part._meta.concrete_fields}  # noqa: SLF001 - Django's public API
        part.delete()
        _touch(locked)
        _record(f"build.{_kind(part)}_removed", locked, actor, said)


def record_attendance(
    actor: Actor,
    *,
    build: Build,
    sector_key: str,
    people: int,
    once: uuid.UUID,
    organisation_id: uuid.UUID | None = None,
) -> list[Attendance]:
    """Record that `people` of a sector came: a row each, and the count that pages read. Raises InvalidError outside 1..500.

    `once` is the key of this entry: sent a second time (a double click, a reload) it changes nothing.
    """
    if not 1 <= people <= MAX_AT_ONCE:
        raise InvalidError(
            gettext("Record from 1 to %(most)s people at a time.") % {"most": MAX_AT_ONCE}, field="people"
        )
    with transaction.atomic():
        locked = _locked(build)
        if Attendance.objects.filter(build=locked, batch=once).exists():
            return []
        who = {"sector_id": sector_key, "organisation_id": organisation_id, "recorded_by": actor.account_id}
        rows = Attendance.objects.bulk_create(Attendance(build=locked, batch=once, **who) for _ in range(people))
        _add_to_count(locked, sector_key, people)
        _record("build.attendance_recorded", locked, actor, {"sector": sector_key, "people": people})
    return rows


def remove_attendance(actor: Actor, *, build: Build, attendance: Attendance, whole_entry: bool = False) -> int:
    """Take back one attendance that was recorded by mistake, or all of its entry. Returns how many people that were."""
    with transaction.atomic():
        locked = _locked(build)
        rows = Attendance.objects.filter(build=locked, sector=attendance.sector_id)
        rows = rows.filter(batch=attendance.batch) if whole_entry else rows.filter(pk=attendance.pk)
        people, _ = rows.delete()
        if people:
            _add_to_count(locked, attendance.sector_id, -people)
            _record("build.attendance_removed", locked, actor, {"sector": attendance.sector_id, "people": people})
    return people


def _add_to_count(build: Build, sector_key: str, people: int) -> None:
    row, _ = AttendanceCount.objects.get_or_create(build=build, sector_id=sector_key)
    AttendanceCount.objects.filter(build_id=row.build_id, sector_id=row.sector_id).update(count=F("count") + people)


def _locked(build: Build) -> Build:
    return Build.objects.select_for_update().get(pk=build.pk)


def _touch(build: Build) -> None:
    Build.objects.filter(pk=build.pk).update(version=F("version") + 1, edited_here=True)


def _kind(part: Model) -> str:
    return str(part._meta.model_name)  # noqa: SLF001 - Django's public API


def _record(action: str, build: Build, actor: Actor, detail: Mapping[str, Any]) -> None:
    audit.record(action, subject_kind="build", subject_id=build.slug, detail={**detail, "by": actor.name})


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool | list | None) else str(value)
