"""Counting which signs were noticed, in an unlocked session, and releasing what is large enough to the training side."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count

from waywatch.advice import api as advice
from waywatch.audit import api as audit
from waywatch.lib import clock, facts
from waywatch.lib.actors import Actor
from waywatch.tips import access, noticing
from waywatch.tips.actions import claims
from waywatch.tips.models import MatchKind, MatchToken, Noticed, Tip
from waywatch.tips.noticing import Cell, Quarter
from waywatch.vault import api as vault

SHOWN_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class SignNoticed:
    """A sign of the list was noticed so often, eleven times at least, by people of a sector in a country within a quarter."""

    desk_id: uuid.UUID
    list_version: str
    sector: str
    country: str
    quarter: str
    sign: str
    count: int


def tokens(index_key: bytes, answers: Mapping[str, Any], received: dt.date) -> dict[bytes, MatchKind]:
    """Return the keyed hashes, 16 bytes each, of the cells in which a tip counts once it is finished."""
    book = advice.book()
    found = noticing.cells_of(answers, received, book.version)
    known = {cell for cell in found if cell.sign in book.signs}  # a stranger can name any other
    return {noticing.token_of(index_key, cell): MatchKind.NOTICED for cell in known}


def finished_quarters(today: dt.date) -> list[Quarter]:
    """Return the quarters that are over, the newest first: of a running one nothing is told, so that nobody can watch it grow."""
    found = [Quarter.of(today).before]
    while len(found) < SHOWN_QUARTERS:
        found.append(found[-1].before)
    return found


def counted(desk_id: uuid.UUID, quarter: Quarter, unlocked: vault.Unlocked) -> dict[Cell, int]:
    """Return how often each sign was noticed in tips that are finished and not unfounded; nothing below eleven comes out."""
    book = advice.book()
    cells = noticing.all_cells(quarter, book.signs, book.version)
    finished = Tip.objects.filter(
        keyring_id=desk_id, closed_at__isnull=False, same_as=None
    )  # one observation counts once
    rows = MatchToken.objects.filter(kind=MatchKind.NOTICED, tip__in=finished)
    found: Counter[Cell] = Counter()
    for version in unlocked.versions(desk_id):
        key = unlocked.index_key(desk_id, version)
        named = {noticing.token_of(key, cell): cell for cell in cells}
        counts = rows.filter(token__in=list(named)).order_by().values_list("token").annotate(n=Count("id"))
        found.update({named[bytes(token)]: n for token, n in counts})
    return {cell: n for cell, n in found.items() if n >= noticing.FEWEST}


def release(actor: Actor, *, desk_id: uuid.UUID, quarter: Quarter, unlocked: vault.Unlocked) -> int:
    """Tell the training side what was noticed in a quarter that is over; return how many figures that were. Once each: none changes."""
    access.must_supervise(actor, desk_id)
    with transaction.atomic():
        released = 0
        for cell, n in counted(desk_id, quarter, unlocked).items():
            place = {
                "list_version": cell.list_version,
                "sector": cell.sector,
                "country": cell.country,
                "sign": cell.sign,
            }
            facts_of_row = {"count": n, "released_by_id": claims.who(actor), "released_at": clock.now()}
            _, is_new = Noticed.objects.get_or_create(
                desk_id=desk_id, quarter=str(quarter), **place, defaults=facts_of_row
            )
            if is_new:
                facts.publish(SignNoticed(desk_id=desk_id, quarter=str(quarter), count=n, **place))
                released += 1
        audit.record("desk.noticed_released", subject_kind="desk", subject_id=desk_id, detail={"quarter": str(quarter)})
    return released
