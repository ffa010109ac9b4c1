"""An invitation: what its mail says, that looking consumes nothing, that it works once."""

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tests.cast import Member
from waywatch.accounts import api, inviting
from waywatch.accounts.api import Role
from waywatch.accounts.errors import AccountExistsError, AlreadyGivenError, InvitationClosedError, NotYoursToGiveError
from waywatch.accounts.inviting import Addressee
from waywatch.accounts.models import Account, Grant, Invitation
from waywatch.accounts.offers import Offer
from waywatch.accounts.rules import Scope
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as

CO_HOST_IN_TEXAS = Offer(Role.CO_HOST, Scope("US-TX"))
TYPED = {"name": "Noor Haddad", "password1": "seven calm rivers", "password2": "seven calm rivers"}


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The mails that would be sent."""
    found: list[dict[str, str]] = []
    monkeypatch.setattr("waywatch.delivery.api.enqueue_mail", lambda **mail: found.append(mail))
    return found


@pytest.fixture
def address(texas_coordinator: Member, mails: list[dict[str, str]]) -> str:
    """The path that a mail leads to."""
    actor = texas_coordinator.actor
    with acting_as(actor):
        inviting.invite(actor, addressee=Addressee("Noor@Example.org", "Noor Haddad", "es"), offer=CO_HOST_IN_TEXAS)
    line = next(line for line in mails[0]["body"].splitlines() if "/invitation/" in line)
    assert line.startswith(settings.BASE_URL)
    return line.removeprefix(settings.BASE_URL)


def test_the_mail_and_what_is_stored(address: str, mails: list[dict[str, str]]) -> None:
    token = address.rstrip("/").rsplit("/", 1)[-1]
    invitation = Invitation.objects.get()
    assert (mails[0]["to"], mails[0]["kind"]) == ("noor@example.org", "account.invitation")
    assert "Dale Reyes" in mails[0]["body"]
    assert len(token) >= 43
    assert token not in invitation.token_hash
    assert len(invitation.token_hash) == 64
    assert invitation.expires_at - invitation.created_at == dt.timedelta(days=7)


def test_looking_consumes_nothing(guest: Client, address: str) -> None:
    for _ in range(3):
        page = guest.get(address)
        assert page.status_code == 200
        assert "noor@example.org" in page.content.decode()
        assert guest.head(address).status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "no-store"
    assert Invitation.objects.get().accepted_at is None
    assert not Account.objects.filter(email="noor@example.org").exists()


def test_accepting_makes_an_account_and_leads_to_the_second_factor(guest: Client, address: str) -> None:
    response = guest.post(address, {**TYPED, "role": "administrator", "email": "other@example.org", "region": ""})
    assert response["Location"] == "/account/2fa/"
    account = Account.objects.get(email="noor@example.org")
    assert guest.session["_auth_user_id"] == str(account.pk)
    grant = Grant.objects.get(account=account)
    assert (grant.role, grant.region_id, grant.given_by.email) == ("co_host", "US-TX", "dale.reyes@example.org")
    assert account.check_password("seven calm rivers")
    assert account.emailaddress_set.filter(verified=True, primary=True).count() == 1
    # The role gives nothing yet, and the password need not be typed again to set up the second factor.
    assert api.reach_of(Actor.account(account.pk), Role.CO_HOST).is_empty
    assert guest.get("/account/2fa/totp/activate/").status_code == 200
    assert [line.action for line in audit.history("invitation", Invitation.objects.get().pk)] == [
        "account.invitation_accepted",
        "account.invitation_sent",
    ]


def test_it_works_once(guest: Client, address: str) -> None:
    assert guest.post(address, TYPED).status_code == 302
    for answer in (Client().get(address), Client().post(address, TYPED)):
        assert answer.status_code == 404
        assert "cannot be used" in answer.content.decode()
    assert Account.objects.filter(email="noor@example.org").count() == 1


@pytest.mark.parametrize("how", ["withdrawn", "wrong token", "unknown", "giver revoked", "giver inactive"])
def test_closed_ones_read_the_same(guest: Client, texas_coordinator: Member, address: str, how: str) -> None:
    invitation = Invitation.objects.get()
    token = address.rstrip("/").rsplit("/", 1)[-1]
    if how == "withdrawn":
        with acting_as(texas_coordinator.actor):
            inviting.withdraw_invitation(texas_coordinator.actor, invitation=invitation)
    elif how == "wrong token":
        address = address.replace(token, "x" * len(token))
    elif how == "unknown":
        address = address.replace(str(invitation.pk), str(uuid.uuid4()))
    elif how == "giver revoked":
        Grant.objects.filter(account=texas_coordinator.account).update(revoked_at=clock.now())
    else:
        Account.objects.filter(pk=texas_coordinator.account.pk).update(is_active=False)
    for answer in (guest.get(address), guest.post(address, TYPED)):
        assert answer.status_code == 404
        assert answer.context["sentence"].startswith("This invitation cannot be used.")
    assert not Account.objects.filter(email="noor@example.org").exists()


def test_it_ends_on_the_moment(address: str) -> None:
    invitation = Invitation.objects.get()
    assert not inviting.is_open(invitation, invitation.expires_at)
    assert inviting.is_open(invitation, invitation.expires_at - dt.timedelta(microseconds=1))


def test_an_expired_one_is_closed_on_the_page_too(guest: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + dt.timedelta(days=7, minutes=1)
    monkeypatch.setattr("waywatch.lib.clock.now", lambda: later)
    assert guest.get(address).status_code == 404
    assert guest.post(address, TYPED).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"password2": "seven calm lakes"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "password1234", "password2": "password1234"}, "password1"),
        ({"password1": "noor@example.org", "password2": "noor@example.org"}, "password1"),
        ({"name": ""}, "name"),
        ({"name": "Noor \u202e"}, "name"),
    ],
)
def test_bad_input_consumes_nothing(guest: Client, address: str, typed: dict[str, str], field: str) -> None:
    page = guest.post(address, {**TYPED, **typed})
    assert list(page.context["form"].errors) == [field]
    assert guest.post(address, TYPED).status_code == 302


def test_somebody_signed_in_accepts_nothing(guest: Client, outsider: Member, address: str) -> None:
    pages = [client.get(address).content.decode() for client in (guest, outsider.client)]
    assert ['type="password"' in page for page in pages] == [True, False]
    assert outsider.client.post(address, TYPED).status_code == 200
    assert Invitation.objects.get().accepted_at is None


def test_an_account_made_meanwhile(guest: Client, address: str) -> None:
    Account.objects.create(email="noor@example.org", name="Twin")
    page = guest.post(address, TYPED)
    assert page.context["form"].non_field_errors()
    assert Invitation.objects.get().accepted_at is None


def test_whom_one_cannot_invite(texas_coordinator: Member, outsider: Member, address: str) -> None:
    actor = texas_coordinator.actor
    with acting_as(actor):
        with pytest.raises(AccountExistsError):
            inviting.invite(actor, addressee=Addressee("OTTO.marsh@example.org", "Otto"), offer=CO_HOST_IN_TEXAS)
        with pytest.raises(AlreadyGivenError):
            inviting.invite(actor, addressee=Addressee("noor@EXAMPLE.org", "Noor"), offer=CO_HOST_IN_TEXAS)
        for offer in (Offer(Role.CO_HOST, Scope("US-OH")), Offer(Role.ADMINISTRATOR), Offer(Role.ANALYST)):
            with pytest.raises(NotYoursToGiveError):
                inviting.invite(actor, addressee=Addressee("free@example.org", "Free"), offer=offer)
    with acting_as(outsider.actor), pytest.raises(NotYoursToGiveError):
        inviting.invite(outsider.actor, addressee=Addressee("free@example.org", "Free"), offer=CO_HOST_IN_TEXAS)


def test_an_expired_one_makes_room_for_a_new_one(
    coordinator: Member, mails: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, addressee = coordinator.actor, Addressee("late@example.org", "Late")
    with acting_as(actor):
        inviting.invite(actor, addressee=addressee, offer=CO_HOST_IN_TEXAS)
        later = clock.now() + dt.timedelta(days=8)
        monkeypatch.setattr("waywatch.lib.clock.now", lambda: later)
        inviting.invite(actor, addressee=addressee, offer=CO_HOST_IN_TEXAS)
    assert Invitation.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_through_the_page(texas_coordinator: Member, mails: list[dict[str, str]]) -> None:
    typed = {"email": "new@example.org", "name": "New", "language": "fr", "role": "co_host", "region": "US-TX"}
    assert texas_coordinator.client.post("/account/people/invite/", typed).status_code == 302
    page = texas_coordinator.client.get("/account/people/")
    assert [(row.email, row.holds) for row in page.context["invitations"]] == [("new@example.org", "Co-host: Texas")]
    again = texas_coordinator.client.post("/account/people/invite/", typed)
    assert list(again.context["form"].errors) == ["email"]


def test_a_changed_server_key_leaves_open_ones_open(guest: Client, address: str, settings: object) -> None:
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
    assert guest.get(address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert guest.get(address).status_code == 404


def test_the_first_administrator(db: None, guest: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("invite_administrator", "first@example.org", "First Person")
    address = capsys.readouterr().out.strip().removeprefix(settings.BASE_URL)
    assert guest.post(address, TYPED)["Location"] == "/account/2fa/"
    grant = Grant.objects.get(account__email="first@example.org")
    assert (grant.role, grant.given_by) == ("administrator", None)


def test_opening_needs_the_token(db: None) -> None:
    with pytest.raises(InvitationClosedError):
        inviting.open_invitation(invitation_id=uuid.uuid4(), token="")
