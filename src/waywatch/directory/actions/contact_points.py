"""Add, verify and close contact points. The audit log learns which one and of what kind, never its value."""

from django.db import transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.directory import access, contacts
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


def verify_contact_point(actor: Actor, *, point: ContactPoint) -> ContactPoint:
    """Say that the actor has just made sure that somebody is reached this way."""
    access.must(access.may_keep_people(actor, access.organisation_of(point)))
    with transaction.atomic():
        row = ContactPoint.objects.select_for_update().get(pk=point.pk)
        if row.closed_at is not None:
            raise InvalidError(gettext("This contact point is closed. Add it again if it is in use."))
        row.verified_on, row.verified_by = clock.today(), actor.account_id
        row.save(force_update=True, update_fields=["verified_on", "verified_by"])
        _record("contact_point.verified", row)
    return row


def close_contact_point(actor: Actor, *, point: ContactPoint) -> ContactPoint:
    """Take a contact point out of use."""
    access.must(access.may_keep_people(actor, access.organisation_of(point)))
    with transaction.atomic():
        row = ContactPoint.objects.select_for_update().get(pk=point.pk)
        if row.closed_at is None:
            row.closed_at = clock.now()
            row.save(force_update=True, update_fields=["closed_at"])
            _record("contact_point.closed", row)
    return row


def _organisation(holder: Organisation | Post) -> Organisation:
    return holder if isinstance(holder, Organisation) else holder.organisation


def _has_ended(holder: Organisation | Post) -> bool:
    ended_post = isinstance(holder, Post) and holder.until is not None
    return ended_post or _organisation(holder).closed_at is not None


def _record(action: str, point: ContactPoint) -> None:
    detail = {"contact_point": str(point.pk), "kind": point.kind}
    if point.post is None:
        audit.record(action, subject_kind=organisations.KIND, subject_id=str(point.organisation_id), detail=detail)
    else:
        audit.record(action, subject_kind=people.KIND, subject_id=point.post.person_id, detail=detail)
