"""What an officer does with a handover: open, accept, decline, give it to a colleague."""

import uuid

from django.db import transaction
from django.utils.translation import gettext

from waywatch.accounts import api as accounts
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError, not_found
from waywatch.referrals.actions.referring import HANDOVER, move_on_soon, record, settle
from waywatch.referrals.disclosure import Document, read_document
from waywatch.referrals.errors import TooLateError, UnreadableError
from waywatch.referrals.models import Handover
from waywatch.referrals.vocabulary import Ending
from waywatch.tips import api as tips
from waywatch.vault import api as vault


def open_handover(actor: Actor, *, handover: Handover, unlocked: vault.Unlocked, act: str = "opened") -> Document:
    """Return the minimum that was sealed to the actor's agency, and write down that it was opened, or taken as a file.

    Raises TooLateError where the copy is gone; UnreadableError; the vault's KeyMissingError.
    """
    if handover.sealed is None or handover.agency_id is None or handover.agency_version is None:
        raise TooLateError(gettext("It is not with your agency any more: its time has run out, or it was taken back."))
    info = HANDOVER + handover.pk.bytes
    try:
        padded = unlocked.open(handover.agency_id, handover.agency_version, bytes(handover.sealed), info)
    except vault.SealError:
        raise UnreadableError(gettext("This does not open: it was changed, or made for another key.")) from None
    with transaction.atomic():
        tips.who(actor)
        record(act, handover)
    return read_document(vault.unpad(padded))


def accept(actor: Actor, *, handover: Handover) -> None:
    """Accept a handover for the own agency: of several who answer exactly one does. Raises TooLateError."""
    with transaction.atomic():
        who = tips.who(actor)
        settle(handover, Ending.ACCEPTED, who, held_by_id=who)
        move_on_soon(handover.referral_id)


def decline(actor: Actor, *, handover: Handover, reason: str = "") -> None:
    """Decline a handover for the own agency: it goes to the next contact, and the copy is emptied. Raises TooLateError.

    `reason` is one of vocabulary.Declined, or nothing.
    """
    with transaction.atomic():
        settle(handover, Ending.DECLINED, tips.who(actor), sealed=None, declined_for=reason)
        move_on_soon(handover.referral_id)


def give_on(actor: Actor, *, handover: Handover, to: uuid.UUID) -> None:
    """Give an accepted handover to a colleague who can open it, and tell that person. It stays inside the agency."""
    if handover.ending != Ending.ACCEPTED or handover.agency_id is None:
        raise TooLateError(gettext("Accept it first; then it can be given to a colleague."))
    if to not in vault.colleagues(actor, handover.agency_id):
        raise InvalidError(gettext("Choose a colleague of your agency who holds its key."), field="colleague")
    card = accounts.account_card(to)
    if card is None:
        raise not_found()
    with transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(held_by_id=to)
        record("given_on", handover)
        tips.tell(card.email, "officer")
