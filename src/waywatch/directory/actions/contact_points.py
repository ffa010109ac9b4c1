"""Add, change, verify and close contact points.

The audit log learns which one, of what kind and when it was verified. Of value, label and source it learns only that they changed: each of
them may hold a number, an address or a name.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.directory import access, contacts, rules
from waywatch.directory.actions import organisations, people
from waywatch.directory.facts import ContactFacts
from waywatch.directory.models import ContactPoint, Organisation, Post
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError


def add_contact_point(actor: Actor, *, holder: Organisation | Post, facts: ContactFacts) -> ContactPoint:
    """Add a way to reach an organisation or the holder of a post; the same one again, still open, changes nothing."""
    access.must(access.may_keep_people(actor, _organisation(holder)))
    if _has_ended(holder):
        raise InvalidError(
            gettext("This organisation is closed, or this post has ended: it cannot be reached any more.")
        )
    with transaction.atomic():
        for point in holder.contact_points.filter(closed_at=None, kind=facts.kind):
            if contacts.readable(point) == facts.value:
                return point
        point = ContactPoint(
            kind=facts.kind, label=facts.label, source=facts.source, value=contacts.sealed(facts.value)
        )
        if isinstance(holder, Organisation):
            point.organisation = holder
        else:
            point.post = holder
        point.save(force_insert=True)
        _record("contact_point.added", point)
    return point


def edit_contact_point(
    actor: Actor, *, point: ContactPoint, version: int, facts: ContactFacts, verified_on: dt.date | None
) -> ContactPoint:
    """Change what is kept of a contact point; its kind stays.

    A new value counts as unverified, unless a new day of verification comes with it. Raises
    `ChangedMeanwhileError` where `version` is no longer the newest.
    """
    access.must(access.may_keep_people(actor, access.organisation_of(point)))
    with transaction.atomic():
        row = _open_for_update(point)
        typed = {"value": facts.value, "label": facts.label, "source": facts.source, "verified_on": verified_on}
        changes = rules.changes(_readable(row), typed)
        if row.version != version:
            raise organisations.changed_meanwhile(changes, row.version)
        if not changes:
            return row
        _record("contact_point.changed", row, **_change(actor, row, changes))
    return row


def verify_contact_point(actor: Actor, *, point: ContactPoint) -> ContactPoint:
    """Say that the actor has just made sure that somebody is reached this way."""
    access.must(access.may_keep_people(actor, access.organisation_of(point)))
    with transaction.atomic():
        row = _open_for_update(point)
        row.verified_on, row.verified_by, row.version = clock.today(), actor.account_id, row.version + 1
        row.save(force_update=True, update_fields=["verified_on", "verified_by", "version"])
        _record("contact_point.verified", row)
    return row


def close_contact_point(actor: Actor, *, point: ContactPoint) -> ContactPoint:
    """Take a contact point out of use."""
    access.must(access.may_keep_people(actor, access.organisation_of(point)))
    with transaction.atomic():
        row = ContactPoint.objects.select_for_update().get(pk=point.pk)
        if row.closed_at is None:
            row.closed_at, row.version = clock.now(), row.version + 1
            row.save(force_update=True, update_fields=["closed_at", "version"])
            _record("contact_point.closed", row)
    return row


def _change(actor: Actor, row: ContactPoint, changes: dict[str, list[Any]]) -> dict[str, audit.JSON]:
    """Write the changes into the row, and return what the audit log learns of them."""
    before = row.verified_on
    row.verified_on, row.verified_by = _verification(actor, row, changes)
    for name, (_old, new) in changes.items():
        if name == "value":
            _refuse_twice(row, new)
            row.value = contacts.sealed(new)
        elif name != "verified_on":
            setattr(row, name, new)
    row.version += 1
    row.save(force_update=True)
    told: dict[str, audit.JSON] = {"fields": sorted(set(changes) - {"verified_on"})}
    days: list[audit.JSON] = [str(day) if day else None for day in (before, row.verified_on)]
    return told if row.verified_on == before else {**told, "verified_on": days}


def must_be_open(point: ContactPoint) -> None:
    """Refuse what is done to a contact point that is closed."""
    if point.closed_at is not None:
        raise InvalidError(gettext("This contact point is closed. Add it again if it is in use."))


def _open_for_update(point: ContactPoint) -> ContactPoint:
    row = ContactPoint.objects.select_for_update().get(pk=point.pk)
    must_be_open(row)
    return row


def _readable(row: ContactPoint) -> dict[str, Any]:
    stored = {name: getattr(row, name) for name in ("label", "source", "verified_on")}
    return {"value": contacts.readable(row), **stored}


def _refuse_twice(row: ContactPoint, value: str) -> None:
    same = ContactPoint.objects.filter(
        organisation=row.organisation_id, post=row.post_id, kind=row.kind, closed_at=None
    )
    if any(contacts.readable(other) == value for other in same.exclude(pk=row.pk)):
        raise InvalidError(gettext("This is already kept as another contact point here."), field="value")


def _verification(actor: Actor, row: ContactPoint, changes: dict[str, list[Any]]) -> tuple[dt.date | None, Any]:
    """Return the day of verification and whose it is, after `changes`."""
    if "verified_on" not in changes:
        return (None, None) if "value" in changes else (row.verified_on, row.verified_by)
    day = changes["verified_on"][1]
    if day is not None and day > clock.today():
        raise InvalidError(
            gettext("This day is still to come. Give the day on which somebody answered."), field="verified_on"
        )
    return day, actor.account_id if day else None


def _organisation(holder: Organisation | Post) -> Organisation:
    return holder if isinstance(holder, Organisation) else holder.organisation


def _has_ended(holder: Organisation | Post) -> bool:
    ended_post = isinstance(holder, Post) and holder.until is not None
    return ended_post or _organisation(holder).closed_at is not None


def _record(action: str, point: ContactPoint, **told: audit.JSON) -> None:
    detail: dict[str, audit.JSON] = {"contact_point": str(point.pk), "kind": point.kind, **told}
    if point.post is None:
        audit.record(action, subject_kind=organisations.KIND, subject_id=str(point.organisation_id), detail=detail)
    else:
        audit.record(action, subject_kind=people.KIND, subject_id=point.post.person_id, detail=detail)
