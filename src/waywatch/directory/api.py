"""What other rooms may use of the directory: sectors by date, organisations as cards, and whom to write to there."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from waywatch.accounts.api import Place
from waywatch.directory import access, contacts, queries, rules
from waywatch.directory.actions.organisations import get_or_create_organisation
from waywatch.directory.models import ContactKind, Organisation, Post, Sector
from waywatch.lib.actors import Actor

SEARCH_LIMIT = 20


@dataclass(frozen=True, slots=True)
class SectorNode:
    """A sector with its name in the reader's language. `root` is the sector it is counted under, itself where it has no parent."""

    key: str
    name: str
    parent: str | None
    root: str
    valid_from: dt.date | None
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    """What another room shows of an organisation. No region is a national one, no sector an unknown one."""

    id: uuid.UUID
    name: str
    sector: str | None
    region: str | None
    city: str
    website: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class PostCard:
    """Somebody in an organisation, with the newest open e-mail address of that post (in the clear) where one is kept."""

    post_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    language: str
    title: str
    is_decision_maker: bool
    organisation: OrganisationCard
    mail: str | None


def name_key(name: str) -> str:
    """Return what two spellings of one name share. Raises InvalidError where nothing is left of the name."""
    return rules.name_key(name)


def sectors(on: dt.date | None) -> list[SectorNode]:
    """Return the sectors in use on a day, in their order; every one that ever was where no day is named. One query."""
    rows = queries.sector_rows(None)
    tree = {row.key: row.parent_id for row in rows}
    used = {node.key for node in rules.sectors_on(map(queries.sector_dates, rows), on)}
    return [_node(row, tree) for row in rows if row.key in used]


def sectors_to_choose(on: dt.date) -> list[tuple[str, str]]:
    """Return (key, name) of the sectors that a form offers on a day: those without a narrower one under them."""
    return queries.sector_choices(on)


def sector_name(key: str) -> str:
    """Return a sector's name in the reader's language; the key itself where it is unknown. One query: use `sector_names` in lists."""
    return sector_names().get(key, key)


def sector_names() -> dict[str, str]:
    """Return every sector's name in the reader's language by key, in order, with one query."""
    return {row.key: row.name for row in queries.sector_rows(None)}


def rolls_up_to(key: str) -> str:
    """Return the root sector that `key` is counted under. One query: use `SectorNode.root` in lists."""
    return rules.rolls_up_to(key, queries.sector_tree())


def organisation_card(actor: Actor | None, organisation_id: uuid.UUID) -> OrganisationCard:
    """Return one organisation that the actor may see, or raise `NotFoundError`."""
    return _card(access.organisation_for(actor, organisation_id))


def organisation_cards(actor: Actor | None, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OrganisationCard]:
    """Return those of the organisations that the actor may see, by id, with one query more than the actor's reach."""
    return {row.pk: _card(row) for row in access.visible_organisations(actor).filter(pk__in=set(ids))}


def search_organisations(actor: Actor | None, words: str, *, limit: int = SEARCH_LIMIT) -> list[OrganisationCard]:
    """Return open organisations that the actor may see and whose name or city begins with the words."""
    found = queries.matching(access.visible_organisations(actor).filter(closed_at=None), words)
    return [_card(row) for row in found.order_by("name", "id")[:limit]]


def ensure_organisation(
    actor: Actor, *, name: str, sector_key: str | None, region_code: str | None, source: str, source_url: str
) -> OrganisationCard:
    """Return the organisation of this name in this region (None: national), added where it is new. Idempotent; changes nothing."""
    return _card(
        get_or_create_organisation(
            actor, name=name, sector_key=sector_key, region_code=region_code, source=source, source_url=source_url
        )
    )


def posts_at(actor: Actor | None, organisation_ids: Iterable[uuid.UUID]) -> list[PostCard]:
    """Return the people now at organisations whose people the actor looks after, decision-makers first."""
    kept = access.kept_organisations(actor).filter(pk__in=set(organisation_ids))
    return [_post_card(post) for post in queries.decision_makers(kept.values_list("pk", flat=True))]


def _node(row: Sector, tree: dict[str, str | None]) -> SectorNode:
    root = rules.rolls_up_to(row.key, tree)
    return SectorNode(row.key, row.name, row.parent_id, root, row.valid_from, row.valid_until)


def _card(row: Organisation) -> OrganisationCard:
    closed = row.closed_at is not None
    return OrganisationCard(row.pk, row.name, row.sector_id, row.region_id, row.city, row.website, closed)


def _post_card(post: Post) -> PostCard:
    mails = [point for point in queries.points_of(post) if point.kind == ContactKind.MAIL]
    return PostCard(
        post_id=post.pk,
        person_id=post.person_id,
        name=post.person.name,
        language=post.person.language,
        title=post.title,
        is_decision_maker=post.is_decision_maker,
        organisation=_card(post.organisation),
        mail=contacts.readable(mails[-1]) if mails else None,
    )


def grant_place(actor: Actor, organisation_id: uuid.UUID) -> Place | None:
    """Return an organisation as the place of a grant, for an actor who keeps its facts; None for everybody else."""
    row = access.visible_organisations(actor).filter(pk=organisation_id, closed_at=None).first()
    return Place(name=row.name, region_code=row.region_id) if row and access.may_edit(actor, row) else None
