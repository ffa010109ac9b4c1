"""Writes: one verb a function, in one transaction, audited. The caller obtained the build through access.py."""

import uuid
from collections.abc import Mapping
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


def add_build(actor: Actor, *, build: Build, reach: Reach) -> Build:
    """Save a new build that `actor` entered, within `reach`. Raises InvalidError for a state or province outside of it."""
    if not reach.covers_region(build.region_id):
        raise InvalidError(
            gettext("You may add builds in your own states and provinces only. Choose one of them."), field="region"
        )
    with transaction.atomic():
        taken = Build.objects.filter(year=build.year).values_list("slug", flat=True)
        build.slug = slug_for(place=build.city or build.region_id, year=build.year, taken=taken)
        build.save(force_insert=True)
        _record("build.added", build, actor, {"region": build.region_id, "year": build.year})
    return build


def edit_build(actor: Actor, *, build: Build, changed: Mapping[str, Any], version: int) -> Build:
    """Set the fields in `changed`. Raises StaleError if the build is no longer the one of `version`; nothing is saved then."""
    with transaction.atomic():
        current = Build.objects.select_for_update().get(pk=build.pk)
        if current.version != version:
            raise StaleError(
                gettext("Somebody else changed this build meanwhile. Look at what is there now, then save again.")
            )
        before = {name: _plain(getattr(current, name)) for name in changed if name != "also_covers"}
        for name, value in changed.items():
            if name == "also_covers":
                current.also_covers.set(value)
            else:
                setattr(current, name, value)
        current.version += 1
        current.edited_here = True
        current.save()
        _record("build.edited", current, actor, {"before": before})
    return current


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
    try:
        part.validate_constraints()
    except ValidationError as error:
        raise InvalidError(gettext("This is there already. Remove the old one first, or leave it as it is.")) from error


def remove_part(actor: Actor, *, build: Build, part: Part) -> None:
    """Take a part away again; the audit log keeps what it said."""
    with transaction.atomic():
        locked = _locked(build)
        said = {field.name: _plain(getattr(part, field.attname)) for field in part._meta.concrete_fields}  # noqa: SLF001 - Django's public API
        part.delete()
        _touch(locked)
        _record(f"build.{_kind(part)}_removed", locked, actor, said)


def record_attendance(
    actor: Actor, *, build: Build, sector_key: str, people: int, organisation_id: uuid.UUID | None = None
) -> list[Attendance]:
    """Record that `people` of a sector came: a row each, and the count that pages read. Raises InvalidError outside 1..500."""
    if not 1 <= people <= MAX_AT_ONCE:
        raise InvalidError(
            gettext("Record from 1 to %(most)s people at a time.") % {"most": MAX_AT_ONCE}, field="people"
        )
    with transaction.atomic():
        locked = _locked(build)
        rows = Attendance.objects.bulk_create(
            Attendance(
                build=locked, sector_id=sector_key, organisation_id=organisation_id, recorded_by=actor.account_id
            )
            for _ in range(people)
        )
        _add_to_count(locked, sector_key, people)
        _record("build.attendance_recorded", locked, actor, {"sector": sector_key, "people": people})
    return rows


def remove_attendance(actor: Actor, *, build: Build, attendance: Attendance) -> None:
    """Take back one attendance that was recorded by mistake."""
    with transaction.atomic():
        locked = _locked(build)
        deleted, _ = Attendance.objects.filter(pk=attendance.pk, build=locked).delete()
        if deleted:
            _add_to_count(locked, attendance.sector_id, -1)
            _record("build.attendance_removed", locked, actor, {"sector": attendance.sector_id})


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
