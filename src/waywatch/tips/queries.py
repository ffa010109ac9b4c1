"""Reads of the desk: the queue with its clocks, and an opened tip in words. A fixed number of queries, whatever waits."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, get_language_info, gettext

from waywatch.accounts import api as accounts
from waywatch.advice import api as advice
from waywatch.audit import api as audit
from waywatch.geo import api as geo
from waywatch.lib.actors import Actor
from waywatch.lib.text import made_visible
from waywatch.tips import access, elsewhere, rules
from waywatch.tips.content import SIGNS, Content
from waywatch.tips.envelope import URGENCIES
from waywatch.tips.models import MatchKind, Noticed, Question, Reading, Tip
from waywatch.tips.noticing import UNKNOWN, Cell, Quarter
from waywatch.tips.questions import SECTORS, STEPS, Field
from waywatch.tips.vocabulary import ACTIONS, ALIKE, URGENCY, Reason

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)([+-]\d\d:\d\d)?")
SHOWN = ("waiting", "mine", "finished")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A tip as the queue shows it: nothing of its content. `late` tells that it waits unopened, or left, longer than it may.

    `left_at` is when somebody last did something with a tip that was opened and that nobody works on.
    """

    id: uuid.UUID
    urgency: int
    urgency_words: str
    is_claim: bool
    place: str
    desk: str
    received_at: dt.datetime
    open_until: dt.datetime
    late: bool
    opened: bool
    left_at: dt.datetime | None
    closed_at: dt.datetime | None
    claimed_by: str
    is_mine: bool
    has_answer: bool
    standing: elsewhere.Standing | None


def queue(actor: Actor, shown: str) -> QuerySet[Tip]:
    """Return the tips that wait, most urgent and oldest first; or the actor's own; or the finished ones, newest first."""
    found = access.tips_of(actor).annotate(rank=Coalesce("urgency", "claimed_urgency"))
    if shown == "finished":
        return found.filter(closed_at__isnull=False).order_by("-closed_at", "id")
    found = found.filter(closed_at=None).order_by("rank", "received_at", "id")
    return found.filter(claimed_by_id=actor.account_id) if shown == "mine" else found


def left(now: dt.datetime) -> Q:
    """Return what holds for a tip that was opened and that nobody works on: no claim holds it, and nobody it was referred to has it."""
    unclaimed = Q(claimed_by=None) | Q(acted_at__lte=now - rules.CLAIM_HOLDS)
    return unclaimed & Q(opened_at__isnull=False, closed_at=None) & ~Q(pk__in=elsewhere.out())


def has_unread(tip: Tip) -> bool:
    """Tell whether the reporter answered something that nobody has read, with one query at most."""
    answered = Question.objects.filter(tip=tip, answered_at__isnull=False, answer_is_envelope=True)
    return tip.reply_key is not None and answered.exists()


def outside(tip: Tip, actor: Actor, now: dt.datetime, *, has_answer: bool, may_be_referred: bool = True) -> QueueRow:
    """Return one tip from outside in words: as `access.tip_for` or an opening obtained it. What nobody assessed was not referred."""
    names = {tip.claimed_by.pk: str(tip.claimed_by)} if tip.claimed_by else {}
    return _row(tip, _known(actor, [tip] if may_be_referred else [], names), now, has_answer=has_answer)


def queue_rows(actor: Actor, tips: Iterable[Tip], now: dt.datetime) -> list[QueueRow]:
    """Return one page of the queue in words: with one query for all names, one for answers that nobody has read, a few for referrals."""
    found = list(tips)
    unread = Question.objects.filter(tip__in=found, answered_at__isnull=False, answer_is_envelope=True)
    answered = set(unread.order_by().values_list("tip_id", flat=True))
    known = _known(actor, found, accounts.account_names(tip.claimed_by_id for tip in found if tip.claimed_by_id))
    return [_row(tip, known, now, has_answer=tip.pk in answered) for tip in found]


@dataclass(frozen=True, slots=True)
class Known:
    """What all rows of a list are put into words with."""

    actor: Actor
    desks: Mapping[uuid.UUID, str]
    names: Mapping[uuid.UUID, str]
    standings: Mapping[uuid.UUID, elsewhere.Standing]


def _known(actor: Actor, tips: Iterable[Tip], names: Mapping[uuid.UUID, str]) -> Known:
    desks = {desk.id: desk.name for desk in access.desks_of(actor)}
    opened = [tip.pk for tip in tips if tip.opened_at]
    return Known(actor, desks, names, elsewhere.standings(actor, opened) if opened else {})


def _row(tip: Tip, known: Known, now: dt.datetime, *, has_answer: bool) -> QueueRow:
    urgency, standing = tip.urgency or tip.claimed_urgency, known.standings.get(tip.pk)
    is_held = tip.claimed_by_id is not None and tip.closed_at is None and rules.claim_holds(tip.acted_at, now)
    claimed_by = (
        known.names.get(tip.claimed_by_id, gettext("A former account")) if is_held and tip.claimed_by_id else ""
    )
    is_left = bool(tip.opened_at) and not (is_held or tip.closed_at or (standing and standing.is_out))
    left_at = (tip.acted_at or tip.opened_at) if is_left else None
    until = rules.late_from(urgency, left_at or tip.received_at)
    return QueueRow(
        id=tip.pk,
        urgency=urgency,
        urgency_words=str(URGENCY[urgency]),
        is_claim=tip.urgency is None,
        place=place_words(tip.region),
        desk=known.desks.get(tip.keyring_id, ""),
        received_at=tip.received_at,
        open_until=until,
        late=(tip.opened_at is None or is_left) and tip.closed_at is None and now > until,
        opened=tip.opened_at is not None,
        left_at=left_at,
        closed_at=tip.closed_at,
        claimed_by=claimed_by,
        is_mine=is_held and tip.claimed_by_id == known.actor.account_id,
        has_answer=has_answer,
        standing=standing,
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many tips of a class wait, how many of them unopened, and how many left by who opened them."""

    urgency: int
    words: str
    waiting: int
    unopened: int
    left: int


def waiting_counts(actor: Actor, now: dt.datetime) -> list[Waiting]:
    """Return how many tips wait in each class, with one query."""
    ranked = access.tips_of(actor).filter(closed_at=None).annotate(rank=Coalesce("urgency", "claimed_urgency"))
    unopened, is_left = Count("id", filter=Q(opened_at=None)), Count("id", filter=left(now))
    counts = ranked.order_by().values("rank").annotate(n=Count("id"), unopened=unopened, left=is_left)
    found = {row["rank"]: (row["n"], row["unopened"], row["left"]) for row in counts}
    return [Waiting(rank, str(URGENCY[rank]), *found.get(rank, (0, 0, 0))) for rank in URGENCIES]


def place_words(region: str) -> str:
    """Return the name of a state or province, or that it is not known."""
    found = geo.region(region) if region else None
    return found.name if found else gettext("not known")


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers under one heading; each row is a question and its answer."""

    title: str
    rows: tuple[tuple[str, str], ...]


def answers(content: Content) -> list[Answered]:
    """Return what was answered, under the words of the questions, in the reader's language."""
    found = []
    for step in STEPS:
        if step.key == SIGNS:
            found += [Answered(str(step.title), tuple(_signs(content.observation)))]
        elif step.repeat:
            for number, row in enumerate(content.observation.get(step.repeat, ()), start=1):
                found += [Answered(f"{step.one} {number}", tuple(_rows(step.fields, row)))]
        else:
            found += [Answered(str(step.title), tuple(_rows(step.fields, content.observation)))]
    return [part for part in found if part.rows]


def _rows(fields: Iterable[Field], said: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for each in fields:
        value: Any = said
        for name in each.path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, ""):
            yield str(each.label), _words(each, value)


def _words(each: Field, value: Any) -> str:
    if each.kind == "region":
        return place_words(value)
    if each.kind == "time":
        return _moment(str(value))
    choices = {key: str(label) for key, label in each.choices}
    values = value if isinstance(value, list) else [value]
    return ", ".join(choices.get(one) or made_visible(str(one)) for one in values)


def _moment(said: str) -> str:
    """Return a moment as the reporter gave it, with the zone of his clock where it is known; what is none stands as it is."""
    found = MOMENT.fullmatch(said)
    if found is None:
        return made_visible(said)
    day, time, zone = found.groups()
    return f"{day} {time} (UTC{zone})" if zone else f"{day} {time}"


def _signs(observation: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    book, language = advice.book(), (get_language() or "en")[:2]
    for sign in observation.get(SIGNS, ()):
        known = book.signs.get(sign["key"])
        words = known.text[language] if known else made_visible(sign["key"])
        yield words, gettext("told by somebody else") if sign.get("first_hand") == "no" else gettext("seen oneself")


def deciding_rules(content: Content) -> list[str]:
    """Return the words of the rules that decided the class of a tip: those of its level, not all that fired."""
    book = advice.book()
    found = advice.advise(content.observation, book)
    return [rule.text for rule in book.rules if rule.id in found.rules and rule.level == found.level]


def language_name(code: str) -> str:
    """Return the name of a language in the reader's; what is none of ours stays as it came."""
    return str(get_language_info(code)["name_translated"]) if code in dict(settings.LANGUAGES) else made_visible(code)


def disagreements(tip: Tip, content: Content) -> list[str]:
    """Return where the phone's claims on the outside differ from what the content says."""
    said = content.observation.get("where", {}).get("region", "")
    found = []
    if tip.region and said and said != tip.region:
        found.append(
            gettext("Outside of the seal stands %(outside)s, inside %(inside)s.")
            % {
                "outside": place_words(tip.region),
                "inside": place_words(said) if geo.region(said) else made_visible(said),
            }
        )
    urgency = rules.urgency_of(content.observation, advice.book())
    if urgency != tip.claimed_urgency:
        words = gettext("The phone called it “%(claimed)s”; by the rules it is “%(found)s”.")
        found.append(words % {"claimed": URGENCY[tip.claimed_urgency], "found": URGENCY[urgency]})
    return found


@dataclass(frozen=True, slots=True)
class NoticedRow:
    """How often a sign was noticed, in words."""

    sign: str
    sector: str
    country: str
    count: int
    is_released: bool


def noticed_rows(desk_id: uuid.UUID, quarter: Quarter, counts: Mapping[Cell, int]) -> list[NoticedRow]:
    """Return in words what was noticed, the most frequent first, with one query for what was released."""
    book, language, unknown = advice.book(), (get_language() or "en")[:2], gettext("not known")
    rows = Noticed.objects.filter(desk_id=desk_id, quarter=str(quarter))
    released = set(rows.values_list("list_version", "sector", "country", "sign"))
    sectors = dict(SECTORS)
    found = [
        NoticedRow(
            sign=book.signs[cell.sign].text[language],
            sector=str(sectors.get(cell.sector, unknown)),
            country=unknown if cell.country == UNKNOWN else cell.country,
            count=n,
            is_released=(cell.list_version, cell.sector, cell.country, cell.sign) in released,
        )
        for cell, n in counts.items()
    ]
    return sorted(found, key=lambda row: (-row.count, row.sign, row.sector, row.country))


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """Another tip that may tell of the same."""

    id: uuid.UUID
    place: str
    received_at: dt.datetime
    words: str
    closed: bool


def alike_rows(found: Mapping[Tip, set[MatchKind]]) -> list[AlikeRow]:
    """Return in words what tips may tell of the same."""
    return [
        AlikeRow(
            tip.pk,
            place_words(tip.region),
            tip.received_at,
            ", ".join(str(words) for kind, words in ALIKE.items() if kind in kinds),
            tip.closed_at is not None,
        )
        for tip, kinds in found.items()
    ]


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """Somebody opened what was not theirs. `in_the_hour`: how many tips of others that person opened in the hour that ended with it."""

    id: uuid.UUID
    tip_id: uuid.UUID
    at: dt.datetime
    who: str
    place: str
    reason: str
    with_second: bool
    in_the_hour: int
    reviewed_by: str
    is_mine: bool


def readings(actor: Actor) -> QuerySet[Reading]:
    """Return what was opened by others at the desks that the actor supervises: what nobody has looked at first, then the newest."""
    lately = Reading.objects.filter(
        account=OuterRef("account"), at__gt=OuterRef("at") - rules.HOUR, at__lte=OuterRef("at")
    )
    many = lately.order_by().values("account").annotate(n=Count("tip", distinct=True)).values("n")
    found = access.readings_of(actor).annotate(in_the_hour=Subquery(many), looked_at=Q(reviewed_at__isnull=False))
    return found.select_related("tip").order_by("looked_at", "-at", "id")


def reading_rows(actor: Actor, rows: Iterable[Reading]) -> list[ReadingRow]:
    """Return one page of them in words, with one query for all names."""
    found = list(rows)
    names = accounts.account_names({each for row in found for each in (row.account_id, row.reviewed_by_id) if each})
    former = gettext("A former account")
    return [
        ReadingRow(
            id=row.pk,
            tip_id=row.tip_id,
            at=row.at,
            who=names.get(row.account_id, former),
            place=place_words(row.tip.region),
            reason=str(dict(Reason.choices).get(row.reason, row.reason)),
            with_second=row.with_second,
            in_the_hour=row.in_the_hour,  # type: ignore[attr-defined]  # annotated by readings()
            reviewed_by=names.get(row.reviewed_by_id, former) if row.reviewed_by_id else "",
            is_mine=row.account_id == actor.account_id,
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done with a tip."""

    at: dt.datetime
    who: str
    what: str


def history(tip: Tip) -> list[Act]:
    """Return what was done with a tip that the reader may see, newest first."""
    lines = audit.history("tip", tip.pk)
    names = accounts.account_names({line.account_id for line in lines if line.account_id})
    return [
        Act(
            line.at,
            names.get(line.account_id, "") if line.account_id else gettext("Waywatch"),
            str(ACTIONS.get(line.action, line.action)),
        )
        for line in lines
    ]
