"""Reads: sectors, the list of organisations and what its pages show."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from waywatch.directory import access, rules
from waywatch.directory.models import ContactPoint, Organisation, Person, Post, Sector
from waywatch.lib.actors import Actor

SORTS: dict[str, tuple[str | Promise, tuple[object, ...]]] = {
    "name": (_("Name"), ("name", "id")),
    "region": (_("Region, then name"), (F("region").asc(nulls_first=True), "name", "id")),
    "sector": (_("Sector, then name"), (F("sector__order").asc(nulls_last=True), "name", "id")),
    "newest": (_("Newest first"), ("-created_at", "id")),
}
VERIFIED, UNVERIFIED = "verified", "unverified"
OPEN, CLOSED = "open", "closed"
HELD, FORMER = "held", "former"


def sector_dates(row: Sector) -> rules.SectorDates:
    """Return the part of a sector that rules need."""
    return rules.SectorDates(row.key, row.parent_id, row.valid_from, row.valid_until)


def sector_rows(on: dt.date | None) -> list[Sector]:
    """Return the sectors in use on a day (None: every one that ever was), in their order."""
    rows = {row.key: row for row in Sector.objects.all()}
    return [rows[node.key] for node in rules.sectors_on(map(sector_dates, rows.values()), on)]


def sector_tree() -> dict[str, str | None]:
    """Return each sector's parent."""
    return dict(Sector.objects.values_list("key", "parent_id"))


def sector_choices(on: dt.date, keep: str | None = None) -> list[tuple[str, str]]:
    """Return the sectors to choose from on a day, as a form needs them: the leaves, and `keep` even if it is an old one."""
    rows = {row.key: row for row in sector_rows(None)}
    keys = {node.key for node in rules.leaves(rules.sectors_on(map(sector_dates, rows.values()), on))} | {keep}
    return [(key, row.name) for key, row in rows.items() if key in keys]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of organisations is narrowed to."""

    words: str = ""
    sector: str = ""
    region: str = ""
    verified: str = ""
    state: str = OPEN
    sort: str = "name"


def organisations(actor: Actor | None, filters: Filters, today: dt.date) -> QuerySet[Organisation]:
    """Return the organisations that the actor may see and that pass the filters, sorted."""
    found = access.visible_organisations(actor).select_related("sector", "region", "county")
    found = found.filter(closed_at__isnull=filters.state != CLOSED)
    if filters.words:
        found = matching(found, filters.words)
    if filters.sector:
        found = found.filter(sector__in=rules.and_below(filters.sector, sector_tree()))
    if filters.region:
        found = found.filter(_of_region(filters.region))
    if filters.verified:
        fresh = Exists(open_points().filter(verified_on__gte=today - rules.STALE_AFTER))
        found = found.filter(fresh if filters.verified == VERIFIED else ~fresh)
    return found.annotate(verified_on=newest_verification()).order_by(*SORTS.get(filters.sort, SORTS["name"])[1])  # type: ignore[arg-type]  # strings and expressions mixed, as Django takes them


def matching(found: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    """Narrow to the organisations whose name or city has every word, by its beginning; or the whole phrase anywhere."""
    phrase = Q(name__icontains=words) | Q(city__icontains=words)
    query = _begins(words)
    if query is None:
        return found.filter(phrase)
    return found.annotate(text=SearchVector("name_key", "city", config="simple")).filter(Q(text=query) | phrase)


def _begins(words: str) -> SearchQuery | None:
    """Return the query for what has every word by its beginning; None where nothing is left of the words."""
    tokens = rules.name_key(words).split()
    text = " & ".join(f"{token}:*" for token in tokens)
    return SearchQuery(text, config="simple", search_type="raw") if tokens else None


def _of_region(region: str, organisation: str = "") -> Q:
    """Return the condition that an organisation is at home in a region or serves it; `organisation` leads to it, as "organisation__"."""
    return Q((f"{organisation}region", region)) | Q((f"{organisation}reach_regions__contains", [region]))


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What the list of people is narrowed to."""

    words: str = ""
    region: str = ""
    sector: str = ""
    state: str = HELD
    decides: bool = False


def people(actor: Actor | None, filters: PeopleFilters) -> QuerySet[Person]:
    """Return the people with a post that the actor may see and that passes the filters; `listed_posts` are all those now, or all before."""
    posts = access.visible_posts(actor).filter(_held_now() if filters.state == HELD else ~_held_now())
    shown = posts.select_related("organisation__region", "organisation__county")
    listed = Prefetch("posts", queryset=shown.order_by("organisation__name", "title", "id"), to_attr="listed_posts")
    fits = Exists(_narrowed(posts, filters).filter(person=OuterRef("pk")))
    return access.visible_people(actor).filter(fits).prefetch_related(listed).order_by("name", "id")


def _held_now() -> Q:
    return Q(until=None, organisation__closed_at=None)


def _narrowed(posts: QuerySet[Post], filters: PeopleFilters) -> QuerySet[Post]:
    if filters.words:
        posts = _naming(posts, filters.words)
    if filters.region:
        posts = posts.filter(_of_region(filters.region, "organisation__"))
    if filters.sector:
        posts = posts.filter(organisation__sector__in=rules.and_below(filters.sector, sector_tree()))
    return posts.filter(is_decision_maker=True) if filters.decides else posts


def _naming(posts: QuerySet[Post], words: str) -> QuerySet[Post]:
    """Narrow to the posts where person, title and organisation together have every word, by its beginning; or the whole phrase in one."""
    phrase = Q(person__name__icontains=words) | Q(title__icontains=words) | Q(organisation__name__icontains=words)
    query = _begins(words)
    if query is None:
        return posts.filter(phrase)
    text = SearchVector("person__name_key", "title", "organisation__name_key", config="simple")
    return posts.annotate(text=text).filter(Q(text=query) | phrase)


def open_points() -> QuerySet[ContactPoint]:
    """Return the open contact points of the organisation in the outer query, its posts' with them."""
    holder = Q(organisation=OuterRef("pk")) | Q(post__organisation=OuterRef("pk"))
    return ContactPoint.objects.filter(holder, closed_at=None)


def newest_verification() -> Subquery:
    """Return the day on which a contact point of the organisation in the outer query was last verified."""
    verified = open_points().filter(verified_on__isnull=False).order_by("-verified_on")
    return Subquery(verified.values("verified_on")[:1])


def lookalikes(actor: Actor | None, name: str, region_code: str | None) -> list[Organisation]:
    """Return organisations in the region that may be the one with this name: a question to ask, never a refusal."""
    key = rules.name_key(name)
    rows = access.visible_organisations(actor).filter(region_id=region_code)
    return [row for row in rows.only("id", "name", "name_key", "city") if rules.similar(key, row.name_key)][:5]


def posts_of(actor: Actor | None, person: Person) -> QuerySet[Post]:
    """Return the person's posts that the actor may see, present ones first, each with its contact points."""
    posts = access.visible_posts(actor).filter(person=person).select_related("organisation")
    return _with_points(posts.order_by(F("until").desc(nulls_first=True), "title", "id"))


def posts_in(organisation: Organisation) -> QuerySet[Post]:
    """Return the posts of an organisation that the caller has obtained, present ones first, each with its contact points."""
    posts = organisation.posts.select_related("person")
    return _with_points(posts.order_by(F("until").desc(nulls_first=True), "-is_decision_maker", "person__name", "id"))


def decision_makers(organisation_ids: Iterable[uuid.UUID]) -> QuerySet[Post]:
    """Return the present posts of organisations that the caller may see, decision-makers first."""
    posts = Post.objects.filter(organisation__in=list(organisation_ids), until=None).select_related(
        "person", "organisation"
    )
    return _with_points(posts.order_by("organisation__name", "-is_decision_maker", "person__name", "id"))


def _with_points(posts: QuerySet[Post]) -> QuerySet[Post]:
    points = ContactPoint.objects.filter(closed_at=None)
    return posts.prefetch_related(Prefetch("contact_points", queryset=points, to_attr="open_points"))


def points_of(post: Post) -> list[ContactPoint]:
    """Return the open contact points of a post that came from one of the functions above, oldest first within a kind."""
    points: list[ContactPoint] = post.open_points  # type: ignore[attr-defined]  # put there by the prefetch
    return points
