"""Reads: trusted contacts in words, a tip's referrals as the desk sees them."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from waywatch.accounts import api as accounts
from waywatch.geo import api as geo
from waywatch.lib.actors import Actor
from waywatch.policy import api as policy
from waywatch.referrals import access, deciding, rules, wording
from waywatch.referrals.actions import referring, updating
from waywatch.referrals.disclosure import Document, read_incident, reduced, when_reported, when_sealed
from waywatch.referrals.models import Handover, KnownDuty, Referral, TrustedContact
from waywatch.referrals.vocabulary import DUTIES, PARTS, SETTLED, Declined, Ending, Kind
from waywatch.tips import api as tips
from waywatch.vault import api as vault


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A trusted contact as the desk sees it. `how` says whether it is sealed to them or they are called; `dial` is the number then."""

    contact: TrustedContact
    name: str
    kind: str
    place: str
    how: str
    on_duty: bool
    is_verified: bool
    dial: str

    @property
    def words(self) -> str:
        """Return it in one line, to choose from."""
        facts = [self.name, self.kind, self.place, self.how]
        if not self.on_duty:
            facts.append(gettext("not on duty now"))
        if not self.is_verified:
            facts.append(gettext("not verified lately"))
        return " · ".join(fact for fact in facts if fact)


def contact_rows(contacts: Iterable[TrustedContact], now: dt.datetime) -> list[ContactRow]:
    """Return trusted contacts in words, with the keys of all agencies asked once and one for all counties."""
    found = list(contacts)
    keys = vault.signed_agencies()
    counties = geo.counties_named([code for each in found if (code := each.county_code)])
    return [_contact_row(contact, keys, counties, now) for contact in found]


def _contact_row(
    contact: TrustedContact, keys: frozenset[uuid.UUID], counties: Mapping[str, geo.CountyInfo], now: dt.datetime
) -> ContactRow:
    has_key = contact.agency_id in keys
    called = (
        gettext("is called: %(number)s") % {"number": contact.phone}
        if contact.phone
        else gettext("cannot be reached: no number")
    )
    how = gettext("gets it sealed") if has_key else called
    county, region = counties.get(contact.county_code), tips.place_words(contact.region_id)
    return ContactRow(
        contact=contact,
        name=contact.name,
        kind=str(Kind(contact.kind).label),
        place=f"{county.name}, {region}" if county else region,
        how=how,
        on_duty=contact.duty.covers(now),
        is_verified=rules.is_verified(contact.verified_on, now.date()),
        dial="" if has_key else rules.dialled(contact.phone),
    )


def contacts_for(actor: Actor, opened: tips.Opened, decision: policy.Decision) -> QuerySet[TrustedContact]:
    """Return the contacts of a tip's desk that the policy allows, for its state or province; of all, where none is known."""
    found = access.contacts_of(actor).filter(desk_id=opened.tip.keyring_id, kind__in=decision.recipients)
    region = deciding.region_of(opened)
    return found.filter(region_id=region) if region else found


def duty_rows(actor: Actor, desk_id: uuid.UUID) -> list[tuple[KnownDuty, str, str]]:
    """Return the duties that a desk knows, each with its place and its words."""
    tips.desk_for(actor, desk_id)
    found = KnownDuty.objects.filter(desk_id=desk_id)
    return [(row, tips.place_words(row.region_id), str(DUTIES[_duty(row.duty)])) for row in found]


def _duty(text: str) -> policy.Duty:
    return next(duty for duty in policy.DUTIES if duty == text)


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One contact's turn as the desk sees it. `to_call`: they have no key, and a call can still be written down."""

    handover: Handover
    name: str
    phone: str
    dial: str
    status: str
    to_call: bool
    is_settled: bool
    call: wording.Rows
    updates: tuple[wording.UpdateRow, ...]


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral as the desk sees it. `aloud` is the minimum, to read out to whoever is called."""

    referral: Referral
    approved_by: str
    parts: tuple[str, ...]
    words: str
    aloud: tuple[tips.Answered, ...]
    decision: wording.DecisionWords | None
    handovers: tuple[HandoverRow, ...]
    incidents: tuple[rules.Incident, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Referrals:
    """All referrals of a tip in words, their handovers, and what was written about them in the clear."""

    rows: tuple[ReferralRow, ...] = ()
    handovers: tuple[Handover, ...] = ()
    updates: tuple[updating.OpenedUpdate, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What all rows of a tip's referrals are put into words with."""

    opened: tips.Opened
    updates: Mapping[uuid.UUID, list[updating.OpenedUpdate]] = field(repr=False)
    names: Mapping[uuid.UUID, str]


def referrals(actor: Actor, opened: tips.Opened, unlocked: vault.Unlocked) -> Referrals:
    """Return what became of a tip. The queries do not grow with the referrals, apart from one for each version of a key."""
    found = list(access.referrals_of(actor, opened.tip))
    handovers = [handover for referral in found for handover in referral.handovers.all()]
    by_handover = {row.pk: updating.open_updates(row, unlocked, as_desk=True) for row in handovers}
    updates = tuple(update for each in by_handover.values() for update in each)
    ids = {row.approved_by_id for row in found} | {update.row.written_by_id for update in updates}
    written = Written(opened, by_handover, accounts.account_names(ids))
    return Referrals(tuple(_referral_row(row, written) for row in found), tuple(handovers), updates)


def _referral_row(row: Referral, written: Written) -> ReferralRow:
    approved = referring.approved(written.opened, row)
    handovers = list(row.handovers.all())
    is_settled = any(each.ending in SETTLED for each in handovers)
    updates = [update for handover in handovers for update in written.updates[handover.pk]]
    return ReferralRow(
        referral=row,
        approved_by=written.names.get(row.approved_by_id, ""),
        parts=tuple(str(PARTS[part]) for part in policy.PARTS if part in approved["parts"]),
        words=approved["words"],
        aloud=wording.parts_of(_document(written.opened, approved)),
        decision=_replayed(approved["decision"]),
        handovers=tuple(_handover_row(each, written, is_settled=is_settled) for each in handovers),
        incidents=wording.incidents(read_incident(approved["incident"]), updates),
        is_open=any(each.ended_at is None for each in handovers),
    )


def _document(opened: tips.Opened, approved: Mapping[str, Any]) -> Document:
    """Return what was approved of a tip's answers, as the agency reads it."""
    content, parts = opened.content, approved["parts"]
    return Document(
        reduced(content, parts, approved["free"]),
        sealed_at=when_sealed(content, parts),
        reported_at=when_reported(opened.tip, parts),
    )


def _replayed(stored: Mapping[str, Any]) -> wording.DecisionWords | None:
    """Return a stored decision in words, or None where it does not come out again: the page says so, and works on."""
    try:
        return wording.replayed(stored)
    except policy.ReplayError:
        return None


def _handover_row(row: Handover, written: Written, *, is_settled: bool) -> HandoverRow:
    can_call = row.handed_at is not None and (row.ended_at is None or row.ending == Ending.LATE)
    return HandoverRow(
        handover=row,
        name=row.contact.name,
        phone=row.contact.phone,
        dial=rules.dialled(row.contact.phone),
        status=status_words(row),
        to_call=row.agency_id is None and can_call and not is_settled,
        is_settled=row.ending in SETTLED,
        call=wording.call_rows(referring.told(written.opened, row)),
        updates=wording.update_rows(written.updates[row.pk], written.names, other=row.contact.name, as_desk=True),
    )


def status_words(row: Handover) -> str:
    """Return how far a handover is."""
    if row.ending == Ending.LATE and row.answered_by_id:
        return gettext("did not answer the phone")
    if row.declined_for:
        return gettext("declined: %(reason)s") % {"reason": Declined(row.declined_for).label}
    if row.ended_at is not None:
        return str(Ending(row.ending).label)
    return gettext("has its turn") if row.handed_at else gettext("waits for its turn")
