"""What desk and agency write to each other after a handover, sealed to both: a 911 incident, an outcome, words."""

import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext

from waywatch.accounts.api import Role
from waywatch.lib.actors import Actor, acting_as
from waywatch.referrals.actions.referring import padded, record
from waywatch.referrals.errors import TooLateError
from waywatch.referrals.models import Handover, Update
from waywatch.referrals.vocabulary import SETTLED, UpdateKind
from waywatch.tips import api as tips
from waywatch.vault import api as vault

HOLDER = Actor.system("feedback")
DESK, AGENCY = b"waywatch update to desk v1\0", b"waywatch update to agency v1\0"


@dataclass(frozen=True, slots=True)
class OpenedUpdate:
    """An update in the clear. `said` has the names of its form's fields; it is empty where the reader cannot open it."""

    row: Update
    said: Mapping[str, Any] = field(repr=False)
    is_open: bool = True


def write_update(
    actor: Actor, *, handover: Handover, kind: UpdateKind, said: Mapping[str, Any], by_desk: bool
) -> Update:
    """Seal an update to the desk and to the agency, and tell the other side that something waits.

    Raises TooLateError for a handover that nobody accepted.
    """
    if handover.ending not in SETTLED:
        raise TooLateError(gettext("This handover was not accepted: there is nobody to write about it."))
    if by_desk and kind == UpdateKind.OUTCOME and handover.agency_id:
        raise TooLateError(gettext("The agency writes its outcome itself."))
    may_not_tell = kind == UpdateKind.OUTCOME and said.get("may_tell") != "yes"
    text = padded(json.dumps(dict(said), ensure_ascii=False).encode())
    with transaction.atomic():
        _require_kept(handover)
        row = Update(id=uuid.uuid4(), handover=handover, kind=kind, by_desk=by_desk, written_by_id=tips.who(actor))
        desk = vault.seal_to_desk(handover.desk_id, text, _bound(DESK, row))
        row.to_desk, row.desk_version = desk.sealed, desk.version
        if handover.agency_id:
            _seal_to_agency(row, handover.agency_id, text)
        row.save(force_insert=True)
        record(f"{kind.value}_written", handover)
        if may_not_tell:
            _hold_back(handover)
        if not by_desk:
            tips.tell_team(handover.desk_id, tips.STAFF, "desk_referrals")
        elif handover.agency_id and row.to_agency:
            tips.tell_team(handover.agency_id, (Role.OFFICER,), "officer")
    return row


def _seal_to_agency(row: Update, agency_id: uuid.UUID, text: bytes) -> None:
    """Seal the agency's copy. Where its key is not signed it gets none: the desk keeps what was written, and calls."""
    with suppress(vault.NotReadyError):
        sealed = vault.seal_to_agency(agency_id, text, _bound(AGENCY, row))
        row.to_agency, row.agency_version = sealed.sealed, sealed.version


def _require_kept(handover: Handover) -> None:
    """Lock the handover, and refuse to write about what was destroyed: the words would outlive it."""
    current = Handover.objects.select_for_update(of=("self",)).only("id", "sealed", "call").get(pk=handover.pk)
    if current.sealed is None and current.call is None:
        raise TooLateError(gettext("The content of this tip was destroyed when its time was over."))


def _hold_back(handover: Handover) -> None:
    """Keep the reporter from reading that somebody acted, where that is not read yet: the agency does not permit it, or not any more."""
    with acting_as(HOLDER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT referrals_tip_of(%s)", [handover.pk])
        [tip_id] = cursor.fetchone()
    if tips.hold_back(tip_id):
        record("feedback_held_back", handover)


def open_updates(handover: Handover, unlocked: vault.Unlocked, *, as_desk: bool) -> list[OpenedUpdate]:
    """Return what was written about a handover, oldest first, as the desk or as the agency reads it."""
    return [_opened(row, handover, unlocked, as_desk=as_desk) for row in handover.updates.all()]


def _opened(row: Update, handover: Handover, unlocked: vault.Unlocked, *, as_desk: bool) -> OpenedUpdate:
    try:
        return OpenedUpdate(row, _open(row, handover, unlocked, as_desk=as_desk))
    except (vault.KeyMissingError, vault.SealError):
        return OpenedUpdate(row, {}, is_open=False)


def _open(row: Update, handover: Handover, unlocked: vault.Unlocked, *, as_desk: bool) -> dict[str, Any]:
    if as_desk:
        text = unlocked.open(handover.desk_id, row.desk_version, bytes(row.to_desk), _bound(DESK, row))
    else:
        assert handover.agency_id is not None
        version, sealed = row.agency_version or 0, bytes(row.to_agency or b"")
        text = unlocked.open(handover.agency_id, version, sealed, _bound(AGENCY, row))
    return dict(json.loads(vault.unpad(text)))


def _bound(side: bytes, row: Update) -> bytes:
    return side + row.handover_id.bytes + row.pk.bytes + row.kind.encode()
