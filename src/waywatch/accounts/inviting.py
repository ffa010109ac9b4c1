"""Writes about invitations: send, withdraw, accept."""

import datetime as dt
import uuid
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from waywatch.accounts import rules
from waywatch.accounts.adapters import address_of
from waywatch.accounts.errors import AccountExistsError, AlreadyGivenError, InvitationClosedError, NotYoursToGiveError
from waywatch.accounts.models import Account, Invitation
from waywatch.accounts.offers import Offer, create_grant, offer_of, require_may_give
from waywatch.accounts.queries import held_by
from waywatch.accounts.roles import Role
from waywatch.accounts.tokens import new_token, possible_hashes, token_hash
from waywatch.audit import api as audit
from waywatch.delivery import api as delivery
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.text import clean_line


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom an invitation goes to, and in which language."""

    email: str
    name: str
    language: str = "en"


def invite(actor: Actor, *, addressee: Addressee, offer: Offer) -> Invitation:
    """Send somebody without an account an invitation to one role. It can be used once, within seven days."""
    require_may_give(actor, account=None, offer=offer)
    with transaction.atomic():
        invitation, address = _create(actor, addressee, offer)
        with translation.override(addressee.language):
            delivery.enqueue_mail(
                to=invitation.email,
                subject=gettext("Your invitation to Waywatch"),
                body=_text(invitation, address),
                kind="account.invitation",
            )
    return invitation


def invite_administrator(*, email: str, name: str) -> str:
    """Return the address of an invitation to administer, for whoever runs the server: no mail is sent."""
    actor = Actor.system("invite-administrator")
    with transaction.atomic(), acting_as(actor):
        _invitation, address = _create(actor, Addressee(email, name), Offer(Role.ADMINISTRATOR))
    return address


def withdraw_invitation(actor: Actor, *, invitation: Invitation) -> None:
    """Close an invitation that has not been used: from now on its address opens nothing."""
    _require_may_withdraw(actor, invitation)
    with transaction.atomic():
        found = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if found.accepted_at is None and found.withdrawn_at is None:
            found.withdrawn_at = clock.now()
            found.save(update_fields=["withdrawn_at"])
            audit.record("account.invitation_withdrawn", subject_kind="invitation", subject_id=found.pk)


def open_invitation(*, invitation_id: uuid.UUID, token: str) -> Invitation:
    """Return the invitation that `token` opens, or raise InvitationClosedError. Changes nothing."""
    found = Invitation.objects.filter(pk=invitation_id, token_hash__in=possible_hashes(token)).first()
    if found is None or not is_open(found, clock.now()):
        raise InvitationClosedError(
            gettext("This invitation cannot be used. Ask the person who invited you to send a new one.")
        )
    return found


def accept_invitation(*, invitation: Invitation, token: str, name: str, password: str) -> Account:
    """Make the account that an invitation promises, with its role. The second of two attempts finds it closed."""
    with transaction.atomic():
        Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        found = open_invitation(invitation_id=invitation.pk, token=token)
        _refuse_taken(found.email)
        account = _create_account(found, name=name, password=password)
        with acting_as(Actor.account(account.pk)):
            found.accepted_at, found.accepted_by = clock.now(), account
            found.save(update_fields=["accepted_at", "accepted_by"])
            audit.record("account.invitation_accepted", subject_kind="invitation", subject_id=found.pk)
            create_grant(account, offer_of(found), given_by=found.created_by)
    return account


def is_open(invitation: Invitation, now: dt.datetime) -> bool:
    """Tell whether an invitation can be used: also its giver must still be able to give what it promises."""
    if invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= now:
        return False
    offer = offer_of(invitation)
    if invitation.created_by_id is None:
        return offer.until is None or offer.until > now
    held = held_by(invitation.created_by_id)
    return rules.may_give(held, to_self=False, role=offer.role, scope=offer.scope, until=offer.until, now=now)


def _require_may_withdraw(actor: Actor, invitation: Invitation) -> None:
    if actor.account_id is None:
        return
    offer = offer_of(invitation)
    allowed = rules.may_revoke(
        held_by(actor.account_id),
        own_grant=False,
        given_by_self=invitation.created_by_id == actor.account_id,
        role=offer.role,
        scope=offer.scope,
        now=clock.now(),
    )
    if not allowed:
        raise NotYoursToGiveError(
            gettext("Only the person who sent this invitation, or an administrator, can withdraw it. Ask one of them.")
        )


def _create(actor: Actor, addressee: Addressee, offer: Offer) -> tuple[Invitation, str]:
    email, now, token = addressee.email.strip().lower(), clock.now(), new_token()
    _refuse_taken(email)
    _refuse_second(email, now)
    invitation = Invitation.objects.create(
        email=email,
        name=clean_line(addressee.name),
        language=addressee.language,
        token_hash=token_hash(token),
        created_by_id=actor.account_id,
        created_at=now,
        expires_at=now + rules.INVITATION_LASTS,
        valid_until=offer.until,
        **offer.columns(),
    )
    detail = offer.as_detail()
    audit.record("account.invitation_sent", subject_kind="invitation", subject_id=invitation.pk, detail=detail)
    return invitation, address_of(reverse("invitation", args=[invitation.pk, token]))


def _refuse_taken(email: str) -> None:
    if Account.objects.filter(email__iexact=email).exists():
        raise AccountExistsError(
            gettext(
                "Somebody has an account with this address. Ask an administrator to give the role to that account."
            ),
            field="email",
        )


def _refuse_second(email: str, now: dt.datetime) -> None:
    pending = Invitation.objects.filter(email__iexact=email, accepted_at__isnull=True, withdrawn_at__isnull=True)
    pending.filter(expires_at__lte=now).update(withdrawn_at=now)
    if pending.exists():
        raise AlreadyGivenError(
            gettext("An invitation to this address is open. Withdraw it first, or wait for the answer."), field="email"
        )


def _create_account(invitation: Invitation, *, name: str, password: str) -> Account:
    account = Account(email=invitation.email, name=clean_line(name), language=invitation.language)
    account.set_password(password)
    account.save()
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return account


def _text(invitation: Invitation, address: str) -> str:
    return gettext(
        "Hello %(name)s,\n\n"
        "%(inviter)s invites you to Waywatch as: %(role)s.\n\n"
        "Open this address within seven days, choose a password, and set up a second factor:\n\n"
        "%(address)s\n\n"
        "The address works once and is for you alone. If you did not expect this mail, ignore it: nothing happens.\n"
    ) % {
        "name": invitation.name,
        "inviter": str(invitation.created_by) if invitation.created_by else "Waywatch",
        "role": Role(invitation.role).label,
        "address": address,
    }
