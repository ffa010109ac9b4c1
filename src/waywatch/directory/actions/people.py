"""Add and change people, give them posts, change and end those.

The audit log learns the days of a post and who decides. Of titles and names it learns only that they changed: both say who somebody is.
"""

import dataclasses
import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.directory import access, rules
from waywatch.directory.actions.organisations import changed_meanwhile
from waywatch.directory.facts import PostFacts
from waywatch.directory.models import Organisation, Person, Post
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError

KIND = "person"
TOLD = ("is_decision_maker", "since", "until")


def add_person(actor: Actor, *, organisation: Organisation, name: str, language: str, post: PostFacts) -> Person:
    """Add a person with a first post: without one, nobody could see them."""
    access.must(access.may_keep_people(actor, organisation))
    with transaction.atomic():
        person = Person(name=name, name_key=rules.name_key(name), language=language)
        person.save(force_insert=True)
        audit.record("person.added", subject_kind=KIND, subject_id=person.pk)
        _add_post(person, organisation, post)
    return person


def edit_person(actor: Actor, *, person: Person, version: int, name: str, language: str) -> Person:
    """Change a person's name or language. Raises `ChangedMeanwhileError` where `version` is no longer the newest."""
    access.must(access.may_keep_person(actor, person))
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        changes = rules.changes({"name": row.name, "language": row.language}, {"name": name, "language": language})
        if row.version != version:
            raise changed_meanwhile(changes, row.version)
        if not changes:
            return row
        row.name, row.name_key = name, rules.name_key(name)
        row.language, row.version = language, row.version + 1
        row.save(force_update=True)
        audit.record("person.changed", subject_kind=KIND, subject_id=row.pk, detail={"fields": sorted(changes)})
    return row


def add_post(actor: Actor, *, person: Person, organisation: Organisation, post: PostFacts) -> Post:
    """Give a person whom the actor sees one more post, in an organisation whose people the actor looks after."""
    access.person_for(actor, person.pk)
    access.must(access.may_keep_people(actor, organisation))
    with transaction.atomic():
        return _add_post(person, organisation, post)


def edit_post(actor: Actor, *, post: Post, version: int, facts: PostFacts, until: dt.date | None) -> Post:
    """Change a post. `until` corrects the last day of an ended one, None says that it is still held; a held one ends by `end_post`.

    Raises `ChangedMeanwhileError` where `version` is no longer the newest.
    """
    access.must(access.may_keep_people(actor, post.organisation))
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        typed = {**dataclasses.asdict(facts), "until": until if row.until else None}
        changes = rules.changes({name: getattr(row, name) for name in typed}, typed)
        if row.version != version:
            raise changed_meanwhile(changes, row.version)
        if not changes:
            return row
        for name, value in typed.items():
            setattr(row, name, value)
        _check_dates(row.since, row.until)
        if "until" in changes and row.until is None:
            _refuse_closed(row.organisation)
        row.version += 1
        _save_once(row, insert=False)
        audit.record("post.changed", subject_kind=KIND, subject_id=row.person_id, detail=_told(row, changes))
    return row


def end_post(actor: Actor, *, post: Post, until: dt.date) -> Post:
    """End a post on a day and close its contact points: nobody is written to at a desk they have left."""
    access.must(access.may_keep_people(actor, post.organisation))
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        if row.until is not None:
            return row
        _check_dates(row.since, until)
        row.until, row.version = until, row.version + 1
        row.save(force_update=True, update_fields=["until", "version"])
        closed = row.contact_points.filter(closed_at=None).update(closed_at=clock.now())
        detail: dict[str, audit.JSON] = {
            "organisation": str(row.organisation_id),
            "until": str(until),
            "contact_points_closed": closed,
        }
        audit.record("post.ended", subject_kind=KIND, subject_id=row.person_id, detail=detail)
    return row


def _add_post(person: Person, organisation: Organisation, facts: PostFacts) -> Post:
    _refuse_closed(organisation)
    post = Post(
        person=person,
        organisation=organisation,
        title=facts.title,
        is_decision_maker=facts.is_decision_maker,
        since=facts.since,
    )
    _save_once(post, insert=True)
    detail: dict[str, audit.JSON] = {"organisation": str(organisation.pk), "decision_maker": facts.is_decision_maker}
    audit.record("post.added", subject_kind=KIND, subject_id=person.pk, detail=detail)
    return post


def _refuse_closed(organisation: Organisation) -> None:
    if organisation.closed_at is not None:
        raise InvalidError(gettext("This organisation is closed. Reopen it before you add people to it."))


def _check_dates(since: dt.date | None, until: dt.date | None) -> None:
    if since is not None and until is not None and until < since:
        raise InvalidError(gettext("This post cannot end before it began. Choose a later day."), field="until")


def _save_once(post: Post, *, insert: bool) -> None:
    try:
        with transaction.atomic():
            post.save(force_insert=insert, force_update=not insert)
    except IntegrityError as error:
        if "directory_post_held_once" not in str(error):
            raise
        raise InvalidError(
            gettext("This person already holds this post. Change the title, or keep the one there."), field="title"
        ) from None


def _told(post: Post, changes: dict[str, list[Any]]) -> dict[str, audit.JSON]:
    pairs = {name: [_plain(value) for value in pair] for name, pair in changes.items() if name in TOLD}
    return {"organisation": str(post.organisation_id), "fields": sorted(set(changes) - set(TOLD)), **pairs}


def _plain(value: Any) -> audit.JSON:
    return value if value is None or isinstance(value, bool) else str(value)
