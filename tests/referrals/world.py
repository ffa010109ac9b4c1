"""A desk, two agencies with keys, one without, and the seed story between them: committed, for the worker has its own connection."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.db import transaction

from tests.cast import Member, member
from tests.conftest import use_database
from tests.tips.sealed import SEED_STORY, sending_to
from tests.vault.world import agency_facts, desk_facts, found, install_signed, set_up, unlocked
from waywatch.accounts.roles import Role
from waywatch.delivery.smtp import RECIPIENT
from waywatch.lib import clock, fieldcrypt
from waywatch.lib.actors import Actor, acting_as
from waywatch.referrals.actions import contacts, referring, turns
from waywatch.referrals.actions.contacts import ContactFacts
from waywatch.referrals.models import Handover, Referral, TrustedContact
from waywatch.tips import intake
from waywatch.tips.actions import opening
from waywatch.tips.envelope import read_envelope
from waywatch.tips.models import EntryKind
from waywatch.vault import api as vault
from waywatch.vault.models import Keyring

CLEAR = (
    *("referrals_update", "referrals_handover", "referrals_referral", "referrals_trustedcontact"),
    *(
        "referrals_practice",
        "referrals_knownduty",
        "tips_chunk",
        "tips_noticed",
        "tips_matchtoken",
        "tips_question",
        "tips_reading",
        "tips_entry",
        "tips_contentkey",
        "tips_sealed",
        "tips_tip",
    ),
    *(
        "vault_request",
        "vault_share",
        "vault_wrap",
        "vault_keyversion",
        "vault_memberkey",
        "vault_membership",
        "vault_keyring",
        "vault_signedlist",
        "vault_rootkey",
    ),
    *("delivery_message", "procrastinate_events", "procrastinate_jobs", "mfa_authenticator", "account_emailaddress"),
    *("django_session", "usersessions_usersession", "accounts_grant", "accounts_account"),
)
ASSESSED = '{"call_class": "crisis", "minor": "yes", "danger": "unknown", "kind": "sex"}'
PARTS = ("where", "when", "people", "vehicles", "signs")
OFFICERS = ("wade", "june", "troy", "dana")
YESTERDAY = dt.timedelta(days=1)


@contextmanager
def by(person: Member) -> Iterator[None]:
    """Act as a person as one request does: in one transaction. Outside of one PostgreSQL shows nothing."""
    with acting_as(person.actor), transaction.atomic():
        yield


@dataclass
class World:
    """Who there is. `sheriff` and `troopers` are sealed to, `attorney` is called."""

    urls: dict[str, str]
    desk: Keyring
    agency: Keyring
    other_agency: Keyring
    advocate: Member
    supervisor: Member
    officer: Member
    second_officer: Member
    trooper: Member
    administrator: Member
    sheriff: TrustedContact
    troopers: TrustedContact
    attorney: TrustedContact

    def chain(self) -> list[TrustedContact]:
        return [self.sheriff, self.troopers, self.attorney]


def build(urls: dict[str, str]) -> World:
    """Make everybody, as their own people would."""
    texas = {"region_id": "US-TX"}
    administrator = member("ada.r@example.org", "Ada R", Role.ADMINISTRATOR)
    advocate = member("ruth.r@example.org", "Ruth R", Role.ADVOCATE)
    supervisor = member("amara.r@example.org", "Amara R", Role.SUPERVISOR)
    officers = [member(f"{name}.r@example.org", f"{name.title()} R", Role.OFFICER, **texas) for name in OFFICERS]
    set_up(advocate, supervisor, *officers)
    desk = found(administrator, desk_facts(), advocate, supervisor)
    agency = found(administrator, agency_facts("Night shift of the sheriff"), *officers[:2])
    other = found(administrator, agency_facts("Highway patrol"), *officers[2:])
    return World(
        urls, desk, agency, other, advocate, supervisor, officers[0], officers[1], officers[2], administrator,
        sheriff=contact(supervisor, desk, "Reeves County sheriff", 1, agency=agency),
        troopers=contact(supervisor, desk, "Highway patrol", 2, agency=other),
        attorney=contact(supervisor, desk, "Attorney general, night line", 3, phone="512-555-0199"),
    )  # fmt: skip


def sign(urls: dict[str, str], **changes: dict[str, object]) -> None:
    """Let the root sign what the database has now, with `changes` of a part, and install it as the owner."""
    use_database(urls["owner"])
    try:
        install_signed(**changes)
    finally:
        use_database(urls["web"])


def contact(
    supervisor: Member,
    desk: Keyring,
    name: str,
    order: int,
    *,
    agency: Keyring | None = None,
    phone: str = "",
    **more: object,
) -> TrustedContact:
    """Add a trusted contact as a supervisor does."""
    fields: dict[str, object] = {"region_id": "US-TX", "order": order, "agency_id": agency.pk if agency else None}
    facts = ContactFacts(name, phone, "", (clock.now() - YESTERDAY).date(), fields | more)
    with by(supervisor):
        [card] = [each for each in vault.keyrings_of(supervisor.actor) if each.id == desk.pk]
        return contacts.add_contact(supervisor.actor, desk=card, facts=facts)


def arrive(world: World, observation: dict[str, object] | None = None) -> uuid.UUID:
    """Let the seed story, or another one, arrive at the desk."""
    sending = sending_to(world.desk, observation=observation or SEED_STORY)
    raw = sending.raw()
    intake.receive(read_envelope(raw), raw)
    return sending.tip_id


def opened(world: World, tip_id: uuid.UUID, *, assessed: str = ASSESSED) -> opening.Opened:
    """Open a tip as the advocate, and assess it the first time."""
    actor, key = world.advocate.actor, unlocked(world.advocate)
    with by(world.advocate):
        first = opening.open_tip(actor, tip_id=tip_id, unlocked=key)
        if not assessed or first.entries:
            return first
        opening.write_entry(actor, opened=first, kind=EntryKind.ASSESSMENT, text=assessed)
        return opening.open_tip(actor, tip_id=tip_id, unlocked=key)


def referred(
    world: World, chain: Sequence[TrustedContact] | None = None, words: str = "Two people in a blue van."
) -> Referral:
    """Refer the seed story to a chain of contacts as the advocate."""
    tip = opened(world, arrive(world))
    approval = referring.Approval(chain or world.chain(), PARTS, words=words)
    with by(world.advocate):
        return referring.refer(world.advocate.actor, opened=tip, approval=approval)


def as_worker(
    world: World, monkeypatch: pytest.MonkeyPatch, job: Callable[[], int] = turns.watch, **after: float
) -> int:
    """Run a job as the worker does, the clocks of referrals where none is named, so much later."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(**after)
    use_database(world.urls["worker"])
    try:
        with monkeypatch.context() as patch, acting_as(Actor.system("clocks")):
            patch.setattr(clock, "now", lambda: moment)
            return job()
    finally:
        use_database(world.urls["web"])


def chain_of(world: World, referral: Referral) -> list[str]:
    """Return how each handover of a referral stands, in order, as the desk sees it: "turn", "waits", or its ending."""
    with by(world.advocate):
        rows = list(Handover.objects.filter(referral=referral).order_by("position"))
    return [row.ending or ("turn" if row.handed_at else "waits") for row in rows]


def turn_of(who: Member, referral: Referral) -> Handover | None:
    """Return the handover of a referral that this person sees with a turn, if any."""
    with by(who):
        return Handover.objects.filter(referral=referral, handed_at__isnull=False, ended_at=None).first()


def clear(urls: dict[str, str]) -> None:
    """Take everything away again."""
    use_database(urls["web"])
    with psycopg.connect(urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        for table in CLEAR:
            owner.execute(f"DELETE FROM {table}".encode())


def copies(world: World, referral: Referral) -> list[bool]:
    """Return for each handover, in order, whether a sealed copy is still there."""
    with by(world.advocate):
        rows = Handover.objects.filter(referral=referral).order_by("position")
        return [sealed is not None for sealed in rows.values_list("sealed", flat=True)]


def mails_to(world: World, person: Member) -> int:
    """Return how many mails wait for a person."""
    with psycopg.connect(world.urls["owner"]) as owner:
        rows = owner.execute("SELECT recipient FROM delivery_message").fetchall()
    return [fieldcrypt.decrypt(row[0], purpose=RECIPIENT) for row in rows].count(person.account.email)
