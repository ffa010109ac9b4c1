"""Opening a tip. At the first opening its content moves under a key of its own, so that it can be destroyed later, old backups included."""

import os
import uuid
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext

from waywatch.advice import api as advice
from waywatch.audit import api as audit
from waywatch.lib import clock, facts
from waywatch.lib.actors import Actor
from waywatch.tips import access, matching, rules
from waywatch.tips.actions import asking, claims, counting, readings
from waywatch.tips.content import Content, read_content
from waywatch.tips.envelope import EnvelopeError, read_envelope
from waywatch.tips.errors import ClaimedError, ErasedError, ReasonNeededError, UnreadableError
from waywatch.tips.models import ContentKey, Entry, EntryKind, MatchKind, MatchToken, Sealed, Tip
from waywatch.tips.vocabulary import Reason
from waywatch.vault import api as vault

KEY_LENGTH = 32
KEY_INFO = b"waywatch content key v1\0"
CONTENT = b"waywatch content v1\0"
ENTRY = b"waywatch entry v1\0"
WORKED_OUT = ("urgency", "reply_key", "opened_at", "opened_by")  # of a tip, at its first opening; saved by the caller


@dataclass(frozen=True, slots=True)
class Opened:
    """A tip in the clear, for one request. The key stays out of every representation."""

    tip: Tip
    content: Content
    entries: tuple["OpenedEntry", ...] = ()
    questions: tuple[asking.OpenedQuestion, ...] = ()
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class TipFinishing:
    """A tip is about to be finished. Whoever has something under way for it refuses, by an error."""

    tip_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """An entry in the clear."""

    row: Entry
    text: str = field(repr=False)


def open_tip(actor: Actor, *, tip_id: uuid.UUID, unlocked: vault.Unlocked, reason: str = "") -> Opened:
    """Open a tip and write down who did. `reason` is a code, needed where it is not the actor's own, and nothing elsewhere.

    Raises ReasonNeededError; SecondNeededError after many that were not the actor's own; ErasedError where its content was
    destroyed; UnreadableError where the seal does not open; the vault's KeyMissingError where the actor's key does not open this version.
    """
    with transaction.atomic():
        current = access.tip_to_open(actor, tip_id)
        reason = _reason_needed(actor, current, reason)
        if current.erased_at is not None:
            raise ErasedError(gettext("The content of this tip was destroyed when its time was over."))
        changed = WORKED_OUT if current.sealed.is_envelope else ()
        opened = _first(actor, current, unlocked) if changed else _again(current, unlocked)
        audit.record(
            "tip.opened", subject_kind="tip", subject_id=current.pk, detail={"reason": reason} if reason else {}
        )
        if not reason and current.closed_at is None:
            claims.act(current, actor, changed=changed)
        elif changed:
            current.save(update_fields=changed)
        if reason:
            readings.write_down(actor, tip=current, reason=reason)
    return opened


def _reason_needed(actor: Actor, tip: Tip, given: str) -> str:
    if claims.is_own(tip, actor):
        return ""
    if not given or (given == Reason.SUPERVISION and not _supervises(actor, tip)):
        raise ReasonNeededError(gettext("This tip is not yours. Say why you open it."), field="reason")
    readings.require_second_where_many(actor, tip=tip)
    return given


def _supervises(actor: Actor, tip: Tip) -> bool:
    return access.supervises(actor, access.desk_for(actor, tip.keyring_id))


def _first(actor: Actor, tip: Tip, unlocked: vault.Unlocked) -> Opened:
    """Open an envelope. Nobody can have written or asked anything before."""
    sealed = tip.sealed
    raw = _from_envelope(tip, bytes(sealed.body), unlocked)
    key = os.urandom(KEY_LENGTH)
    number, public = vault.trusted_key(unlocked, tip.keyring_id, tip.key_version)
    kept = vault.seal(public, key, info=KEY_INFO + tip.pk.bytes)
    ContentKey.objects.create(tip=tip, keyring_id=tip.keyring_id, key_version=number, sealed=kept)
    content = read_content(raw)
    _write_tokens(tip, content, unlocked.index_key(tip.keyring_id, tip.key_version))
    sealed.body, sealed.is_envelope = vault.lock(key, raw, bound_to=CONTENT + tip.pk.bytes), False
    sealed.save(update_fields=["body", "is_envelope"])
    tip.urgency = rules.urgency_of(content.observation, advice.book())
    tip.reply_key = asking.reply_key_of(content.reply_key)
    tip.opened_at, tip.opened_by_id = clock.now(), actor.account_id
    return Opened(tip, content, key=key)


def _write_tokens(tip: Tip, content: Content, index: bytes) -> None:
    answers, received = content.observation, tip.received_at.date()
    same = matching.tokens(index, answers, matching.day_of(answers, received))
    MatchToken.objects.bulk_create(
        MatchToken(tip=tip, kind=kind, key_version=tip.key_version, token=token)
        for token, kind in (same | counting.tokens(index, answers, received)).items()
    )


def _from_envelope(tip: Tip, body: bytes, unlocked: vault.Unlocked) -> bytes:
    try:
        envelope = read_envelope(body, is_kept=True)
        padded = unlocked.open(tip.keyring_id, tip.key_version, envelope.sealed, envelope.info)
        return vault.unpad(padded)
    except vault.KeyMissingError:
        if vault.is_held(tip.keyring_id, tip.key_version):
            raise
        raise UnreadableError(gettext("Nobody holds the key of this tip any more. Finish it as unreadable.")) from None
    except (EnvelopeError, vault.SealError):
        raise UnreadableError(
            gettext(
                "The seal of this tip does not open: it was changed on its way, or made wrongly. Finish it as unreadable."
            )
        ) from None


def _again(tip: Tip, unlocked: vault.Unlocked) -> Opened:
    kept = tip.content_key
    key = unlocked.open(kept.keyring_id, kept.key_version, bytes(kept.sealed), KEY_INFO + tip.pk.bytes)
    _move_to_newer(kept, key, unlocked)
    content = read_content(vault.unlock(key, bytes(tip.sealed.body), bound_to=CONTENT + tip.pk.bytes))
    return Opened(tip, content, _entries(tip, key), tuple(asking.opened_questions(tip, key, unlocked)), key)


def _move_to_newer(kept: ContentKey, key: bytes, unlocked: vault.Unlocked) -> None:
    """Seal the content's key anew where a newer key of the desk is in use: the old one is needed for it no longer."""
    number, public = vault.trusted_key(unlocked, kept.keyring_id, kept.key_version)
    if number > kept.key_version:
        kept.key_version, kept.sealed = number, vault.seal(public, key, info=KEY_INFO + kept.tip_id.bytes)
        kept.save(update_fields=["key_version", "sealed"])


def _entries(tip: Tip, key: bytes) -> tuple[OpenedEntry, ...]:
    rows = Entry.objects.filter(tip=tip).select_related("written_by")
    return tuple(OpenedEntry(row, vault.unlock(key, bytes(row.locked), bound_to=_bound(row)).decode()) for row in rows)


def write_entry(actor: Actor, *, opened: Opened, kind: EntryKind, text: str) -> Entry:
    """Add something to an opened tip, under the key of its content."""
    with transaction.atomic():
        current = claims.locked(opened.tip)
        row = Entry(id=uuid.uuid4(), tip=current, kind=kind, written_by_id=claims.who(actor))
        row.locked = vault.lock(opened.key, text.encode(), bound_to=_bound(row))
        row.save(force_insert=True)
        audit.record(f"tip.{kind.value}_written", subject_kind="tip", subject_id=current.pk)
        claims.act(current, actor)
    return row


def finish(actor: Actor, *, opened: Opened, text: str, unfounded: bool = False) -> Tip:
    """Finish a tip with the words of its outcome. From then on its term counts.

    Raises ClosedError where it is finished already, and what a handler of `TipFinishing` raises.
    """
    with transaction.atomic():
        facts.publish(TipFinishing(opened.tip.pk))
        write_entry(actor, opened=opened, kind=EntryKind.OUTCOME, text=text)
        if unfounded:
            MatchToken.objects.filter(tip=opened.tip, kind=MatchKind.NOTICED).delete()
        current = claims.locked(opened.tip)
        current.closed_at = clock.now()
        current.erase_at = rules.kept_until(current.closed_at, unfounded=unfounded)
        current.save(update_fields=["closed_at", "erase_at"])
        audit.record("tip.finished", subject_kind="tip", subject_id=current.pk)
    return current


def _bound(row: Entry) -> bytes:
    return ENTRY + row.tip_id.bytes + row.pk.bytes + row.kind.encode()


def finish_unreadable(actor: Actor, *, tip: Tip, unlocked: vault.Unlocked) -> Tip:
    """Finish a tip whose seal does not open, after trying once more: nobody can put away unread what can be read."""
    with transaction.atomic():
        current = claims.locked(tip)
        sealed = Sealed.objects.get(tip=current)
        try:
            _from_envelope(current, bytes(sealed.body), unlocked)
        except UnreadableError:
            current.opened_at = current.closed_at = clock.now()
            current.opened_by_id, current.urgency = actor.account_id, current.claimed_urgency
            current.erase_at = rules.kept_until(current.closed_at, unfounded=True)
            current.save(update_fields=["opened_at", "closed_at", "erase_at", "opened_by", "urgency"])
            audit.record("tip.unreadable", subject_kind="tip", subject_id=current.pk)
            return current
    raise ClaimedError(gettext("This tip can be read. Open it."))
