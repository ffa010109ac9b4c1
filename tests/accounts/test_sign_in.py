"""Signing in through the pages: password and code, recovery codes, limits, sessions, what is recorded."""

import datetime as dt
import json
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.accounts.conftest import App, plain
from tests.cast import PASSWORD, TOTP_SECRET, Member, member
from tests.queries import queries_of
from waywatch.accounts.adapters import sign_in_key
from waywatch.accounts.api import Role
from waywatch.accounts.demo import totp_code
from waywatch.accounts.forms import AcceptForm
from waywatch.accounts.models import Account, Invitation
from waywatch.audit import api as audit
from waywatch.lib import clock

SignIn = Callable[[Member], Client]
LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"


def acts(person: Member) -> list[str]:
    """Return what is recorded of an account, oldest first."""
    return [line.action for line in reversed(audit.history("account", person.account.pk))]


def type_password(client: Client, person: Member, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(LOGIN, {"login": person.account.email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_and_code(guest: Client, coordinator: Member, app: App) -> None:
    page = guest.get(LOGIN)
    assert "Sign in with a passkey" in page.content.decode()
    response = type_password(guest, coordinator, next="/account/people/")
    assert response["Location"].split("?")[0] == CODE
    assert not is_signed_in(guest)
    before = guest.session.session_key
    response = guest.post(CODE, {"code": app.code()})
    assert response["Location"] == "/account/people/"
    assert is_signed_in(guest)
    assert guest.session.session_key != before
    assert guest.get("/account/people/").status_code == 200
    assert acts(coordinator) == ["account.signed_in"]
    guest.post("/account/logout/")
    assert not is_signed_in(guest)
    assert acts(coordinator) == ["account.signed_in", "account.signed_out"]


def test_a_wrong_code_is_refused_and_recorded(guest: Client, coordinator: Member, app: App) -> None:
    type_password(guest, coordinator)
    assert guest.post(CODE, {"code": "000000"}).status_code == 200
    assert not is_signed_in(guest)
    assert acts(coordinator) == ["account.second_factor_failed"]


def test_a_code_works_once(coordinator: Member, app: App) -> None:
    first, second = Client(), Client()
    type_password(first, coordinator)
    assert first.post(CODE, {"code": app.code()}).status_code == 302
    type_password(second, coordinator)
    assert second.post(CODE, {"code": app.code()}).status_code == 200
    assert not is_signed_in(second)
    app.tick()
    assert second.post(CODE, {"code": app.code()}).status_code == 302


def test_a_code_works_once_in_all_processes_of_the_server(coordinator: Member, app: App) -> None:
    first, second = Client(), Client()
    type_password(first, coordinator)
    assert first.post(CODE, {"code": app.code()}).status_code == 302
    cache.clear()  # another process has a cache of its own
    type_password(second, coordinator)
    assert second.post(CODE, {"code": app.code()}).status_code == 409
    assert not is_signed_in(second)
    app.tick()
    assert second.post(CODE, {"code": app.code()}).status_code == 302


@pytest.mark.parametrize("ahead", [-30, 0, 30])
def test_a_code_works_once_for_as_long_as_it_is_good(coordinator: Member, app: App, ahead: int) -> None:
    typed = totp_code(TOTP_SECRET, app.moment + ahead)
    first, second = Client(), Client()
    type_password(first, coordinator)
    assert first.post(CODE, {"code": typed}).status_code == 302
    for _ in range(3):
        app.tick()
        cache.clear()  # the library's own mark is gone by now
        type_password(second, coordinator)
        assert second.post(CODE, {"code": typed}).status_code in {200, 409}
        assert not is_signed_in(second)


@pytest.mark.parametrize("session", ["²", "9" * 40, "-1", "x", ""])
def test_a_senseless_session_ends_nothing(coordinator: Member, session: str) -> None:
    assert coordinator.client.post("/account/sessions/", {"session": session}).status_code == 404


def recovery_codes(client: Client) -> list[str]:
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/2fa/recovery-codes/generate/")
    return list(client.get("/account/2fa/recovery-codes/").context["unused_codes"])


def test_a_recovery_code_works_once(coordinator: Member, sign_in: SignIn) -> None:
    codes = recovery_codes(sign_in(coordinator))
    assert len(codes) == 10
    first, second = Client(), Client()
    type_password(first, coordinator)
    assert first.post(CODE, {"code": codes[0]}).status_code == 302
    type_password(second, coordinator)
    assert second.post(CODE, {"code": codes[0]}).status_code == 200
    assert not is_signed_in(second)
    assert second.post(CODE, {"code": codes[1]}).status_code == 302


def test_recovery_codes_are_shown_downloaded_and_recorded(
    coordinator: Member, sign_in: SignIn, django_capture_on_commit_callbacks: Callable
) -> None:
    client = sign_in(coordinator)
    assert client.get("/account/2fa/recovery-codes/generate/").status_code == 302  # asks for the password first
    with django_capture_on_commit_callbacks(execute=True):
        codes = recovery_codes(client)
    download = client.get("/account/2fa/recovery-codes/download/")
    assert download.content.decode().split() == codes
    assert "account.recovery_codes_made" in acts(coordinator)


def test_secrets_are_encrypted_at_rest(coordinator: Member) -> None:
    stored = json.dumps(Authenticator.objects.get(user=coordinator.account).data)
    assert TOTP_SECRET not in stored


def test_a_failed_sign_in_keeps_no_address(guest: Client, coordinator: Member) -> None:
    for email in (coordinator.account.email, "nobody@example.org"):
        guest.post(LOGIN, {"login": email, "password": "wrong"})
        [line] = audit.history("sign_in", sign_in_key(email.upper()))
        assert (line.action, line.actor, line.detail) == ("account.sign_in_failed", "system:sign-in", {})
        assert email not in sign_in_key(email)


def test_a_wrong_password_and_a_stranger_read_the_same(guest: Client, coordinator: Member) -> None:
    pages = []
    for email in (coordinator.account.email, "nobody@example.org"):
        page = guest.post(LOGIN, {"login": email, "password": "wrong"})
        pages.append((page.status_code, plain(page).replace(email, "")))
    assert pages[0] == pages[1]


def test_the_limit_is_per_account_and_per_address(coordinator: Member, texas_coordinator: Member, app: App) -> None:
    for number in range(5):  # from five addresses: the account's own limit holds
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(LOGIN, {"login": coordinator.account.email, "password": "wrong"})
    page = type_password(Client(REMOTE_ADDR="192.0.2.99"), coordinator)
    assert "Too many failed login attempts" in page.content.decode()
    other = Client(REMOTE_ADDR="192.0.2.99")
    assert type_password(other, texas_coordinator).status_code == 302
    attacker = Client(REMOTE_ADDR="198.51.100.7")
    for number in range(10):  # ten accounts from one address: the address's limit holds
        attacker.post(LOGIN, {"login": f"guess{number}@example.org", "password": "wrong"})
    page = type_password(attacker, texas_coordinator)
    assert "Too many failed login attempts" in page.content.decode()


def test_codes_are_limited_per_account(coordinator: Member, app: App) -> None:
    for number in range(5):
        guesser = Client(REMOTE_ADDR=f"192.0.2.{number}")
        type_password(guesser, coordinator)
        guesser.post(CODE, {"code": "000000"})
    late = Client(REMOTE_ADDR="192.0.2.77")
    type_password(late, coordinator)
    assert late.post(CODE, {"code": app.code()}).status_code == 200
    assert not is_signed_in(late)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example", "//[", "http://[::1"],
)
def test_next_leads_nowhere_else(guest: Client, coordinator: Member, app: App, elsewhere: str) -> None:
    type_password(guest, coordinator, next=elsewhere)
    response = guest.post(CODE, {"code": app.code()})
    assert response["Location"] == "/"
    response = guest.post("/account/logout/", {"next": elsewhere})
    assert response["Location"] == "/"


def test_an_inactive_account_is_stopped_and_a_session_of_it_ends(coordinator: Member, guest: Client) -> None:
    assert coordinator.client.get("/account/").status_code == 200
    Account.objects.filter(pk=coordinator.account.pk).update(is_active=False)
    assert coordinator.client.get("/account/").status_code == 302
    assert type_password(guest, coordinator)["Location"] == "/account/inactive/"
    assert guest.get("/account/inactive/").status_code == 200


def test_sign_up_is_closed(guest: Client) -> None:
    typed = {"email": "walk.in@example.org", "password1": PASSWORD, "password2": PASSWORD}
    for response in (guest.get("/account/signup/"), guest.post("/account/signup/", typed)):
        assert "Accounts are made by invitation" in response.content.decode()
    assert not Account.objects.filter(email="walk.in@example.org").exists()


def test_password_reset_reveals_nothing_and_ends_sessions(
    guest: Client, coordinator: Member, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(coordinator)
    mails: list[dict[str, str]] = []
    monkeypatch.setattr("waywatch.delivery.api.enqueue_mail", lambda **mail: mails.append(mail))
    answers = []
    for email in (coordinator.account.email, "nobody@example.org"):
        response = guest.post("/account/password/reset/", {"email": email}, HTTP_HOST="localhost")
        answers.append((response.status_code, response["Location"], plain(guest.get(response["Location"]))))
    assert answers[0] == answers[1]
    assert [mail["to"] for mail in mails] == [coordinator.account.email, "nobody@example.org"]
    assert "/account/password/reset/key/" not in mails[1]["body"]
    address = next(line for line in mails[0]["body"].splitlines() if "/password/reset/key/" in line)
    assert address.startswith(settings.BASE_URL)
    form = guest.get(address.removeprefix(settings.BASE_URL))
    assert "key" in form["Location"]
    fresh = "another quiet harbour"
    done = guest.post(form["Location"], {"password1": fresh, "password2": fresh})
    assert done["Location"] == "/account/password/reset/key/done/"
    assert "Sign in with it now" in guest.get(done["Location"]).content.decode()
    assert client.get("/account/").status_code == 302
    assert type_password(guest, coordinator, fresh)["Location"].split("?")[0] == CODE
    assert "account.password_reset" in acts(coordinator)
    assert guest.get(address.removeprefix(settings.BASE_URL)).status_code == 200  # used: says so
    assert "This address has run out" in guest.get(address.removeprefix(settings.BASE_URL)).content.decode()


def test_mail_of_the_library_goes_into_the_outbox_in_its_readers_language(
    coordinator: Member, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(coordinator)
    Account.objects.filter(pk=coordinator.account.pk).update(language="fr")
    mails: list[dict[str, str]] = []
    monkeypatch.setattr("waywatch.delivery.api.enqueue_mail", lambda **mail: mails.append(mail))
    fresh = "another quiet harbour"
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    [mail] = mails
    assert (mail["to"], mail["kind"]) == (coordinator.account.email, "account.password_changed")
    assert "Mot de passe" in mail["subject"]
    assert "127.0.0.1" in mail["body"]


def test_the_library_really_reaches_the_outbox(coordinator: Member, sign_in: SignIn) -> None:
    client = sign_in(coordinator)
    fresh = "another quiet harbour"
    with CaptureQueriesContext(connection) as captured:
        client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert sum(query["sql"].startswith('INSERT INTO "delivery_message"') for query in captured) == 1


def test_other_sessions_end_when_the_password_changes(coordinator: Member, sign_in: SignIn) -> None:
    here, there = sign_in(coordinator), sign_in(coordinator)
    fresh = "another quiet harbour"
    typed = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert here.post("/account/password/change/", typed).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert acts(coordinator)[-2:] == ["account.password_changed", "account.sessions_ended"]


def test_other_sessions_end_when_the_second_factor_changes(coordinator: Member, sign_in: SignIn) -> None:
    here, there = sign_in(coordinator), sign_in(coordinator)
    assert here.post("/account/2fa/totp/deactivate/").status_code == 302  # asks for the password first
    assert there.get("/account/").status_code == 200
    here.post("/account/reauthenticate/", {"password": PASSWORD})
    assert here.post("/account/2fa/totp/deactivate/")["Location"] == "/account/2fa/"
    assert not Authenticator.objects.filter(user=coordinator.account).exists()
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert here.get("/account/people/")["Location"] == "/account/2fa/"
    assert "account.second_factor_removed" in acts(coordinator)


def test_a_session_is_ended_from_the_list(coordinator: Member, outsider: Member, sign_in: SignIn) -> None:
    here, there, stranger = sign_in(coordinator), sign_in(coordinator), sign_in(outsider)
    listed = here.get("/account/sessions/").context["sessions"]
    assert sorted(session.is_current for session in listed) == [False, True]
    other = next(session.id for session in listed if not session.is_current)
    assert stranger.post("/account/sessions/", {"session": str(other)}).status_code == 404
    assert stranger.post("/account/sessions/", {"session": "x"}).status_code == 404
    assert there.get("/account/").status_code == 200
    assert here.post("/account/sessions/", {"session": str(other)}).status_code == 302
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert acts(coordinator)[-1] == "account.sessions_ended"


def test_the_list_of_sessions_costs_the_same_with_one_and_with_three(coordinator: Member, sign_in: SignIn) -> None:
    here = sign_in(coordinator)
    with_one = queries_of(here, "/account/sessions/")
    for _ in range(2):
        sign_in(coordinator)
    assert len(here.get("/account/sessions/").context["sessions"]) == 3
    assert queries_of(here, "/account/sessions/") == with_one


def test_a_session_that_has_run_out_or_was_left_is_not_listed(coordinator: Member, sign_in: SignIn) -> None:
    here, late, gone = sign_in(coordinator), sign_in(coordinator), sign_in(coordinator)
    yesterday = clock.now() - dt.timedelta(days=1)
    Session.objects.filter(session_key=late.session.session_key).update(expire_date=yesterday)
    gone.post("/account/logout/")
    listed = here.get("/account/sessions/").context["sessions"]
    assert [session.is_current for session in listed] == [True]
    here.post("/account/sessions/", {"session": "others"})
    assert acts(coordinator)[-1] == "account.signed_out"  # nothing was ended, so no end is recorded


def test_ending_all_others_costs_the_same_with_one_and_with_three(coordinator: Member, sign_in: SignIn) -> None:
    costs = []
    for others in (1, 3):
        here = sign_in(coordinator)
        here.post("/account/sessions/", {"session": "others"})
        for _ in range(others):
            sign_in(coordinator)
        with CaptureQueriesContext(connection) as captured:
            here.post("/account/sessions/", {"session": "others"})
        assert audit.history("account", coordinator.account.pk)[0].detail == {"sessions": others}
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_all_other_sessions_are_ended_from_the_list(coordinator: Member, outsider: Member, sign_in: SignIn) -> None:
    here, there, more, stranger = (
        sign_in(coordinator),
        sign_in(coordinator),
        sign_in(coordinator),
        sign_in(outsider),
    )
    assert here.post("/account/sessions/", {"session": "others"}).status_code == 302
    assert [client.get("/account/").status_code for client in (here, there, more, stranger)] == [200, 302, 302, 200]


@pytest.fixture
def bare(db: None) -> Member:
    """A coordinator without a second factor."""
    return member("no.factor@example.org", "No Factor", Role.COORDINATOR, second_factor=False)


@pytest.mark.parametrize("path", ["/account/people/", "/account/people/invite/", "/"])
def test_without_a_second_factor_every_way_leads_to_the_set_up(bare: Member, path: str) -> None:
    response = bare.client.get(path)
    assert (response.status_code, response["Location"]) == (302, "/account/2fa/")


def test_without_a_second_factor_the_set_up_and_the_way_out_are_open(bare: Member) -> None:
    for path in ("/account/", "/account/2fa/", "/account/sessions/", "/account/password/change/", "/health/live"):
        assert bare.client.get(path).status_code == 200, path
    assert bare.client.post("/i18n/setlang/", {"language": "fr"}).status_code == 302
    assert bare.client.post("/account/logout/").status_code == 302
    assert not is_signed_in(bare.client)


def test_nobody_else_is_led_to_the_set_up(db: None, outsider: Member) -> None:
    reader = member("reader@example.org", "Reader", Role.ANALYST, second_factor=False)
    lonely = member("lonely@example.org", "Lonely", second_factor=False)
    for person in (reader, lonely, outsider):
        assert person.client.get("/account/people/").status_code == 404


def test_setting_up_an_authenticator_app(
    bare: Member, app: App, django_capture_on_commit_callbacks: Callable[..., Iterator[list]]
) -> None:
    client = bare.client
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert "data:image/svg+xml;base64," in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/account/2fa/totp/activate/", {"code": app.code(secret)})
    assert done["Location"] == "/account/2fa/recovery-codes/"
    assert client.get("/account/people/").status_code == 200
    assert {"account.second_factor_added", "account.recovery_codes_made"} <= set(acts(bare))


def test_passkey_pages_answer(coordinator: Member, sign_in: SignIn, guest: Client) -> None:
    options = guest.get("/account/2fa/webauthn/login/", HTTP_ACCEPT="application/json").json()
    assert options["request_options"]["publicKey"]["challenge"]
    assert guest.post("/account/2fa/webauthn/login/", {"credential": "{}"})["Location"] == LOGIN
    client = sign_in(coordinator)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/webauthn/add/")
    assert page.context["js_data"]["creation_options"]["publicKey"]["rp"]["name"] == "Waywatch"
    assert client.post("/account/2fa/webauthn/add/", {"name": "Blue key", "credential": "{}"}).status_code == 200
    key = Authenticator.objects.create(
        user=coordinator.account, type="webauthn", data={"name": "Blue key", "credential": {}}
    )
    assert "Blue key" in client.get("/account/2fa/webauthn/").content.decode()
    client.post(f"/account/2fa/webauthn/keys/{key.pk}/edit/", {"name": "Green key"})
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "Green key"
    assert client.get(f"/account/2fa/webauthn/keys/{key.pk}/remove/").status_code == 200
    client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_a_passkey_of_somebody_else_is_not_there(coordinator: Member, outsider: Member, sign_in: SignIn) -> None:
    key = Authenticator.objects.create(
        user=coordinator.account, type="webauthn", data={"name": "Mine", "credential": {}}
    )
    client = sign_in(outsider)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    for verb in ("edit", "remove"):
        assert client.post(f"/account/2fa/webauthn/keys/{key.pk}/{verb}/", {"name": "x"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "Mine"


PAGES = [
    "/account/",
    "/account/sessions/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/2fa/totp/deactivate/",
    "/account/2fa/recovery-codes/generate/",
    "/account/2fa/recovery-codes/",
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
    "/account/reauthenticate/",
    "/account/2fa/reauthenticate/",
    "/account/logout/",
]


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_page_is_ours_and_runs_no_inline_script(coordinator: Member, sign_in: SignIn, language: str) -> None:
    client = sign_in(coordinator)
    client.cookies["django_language"] = language
    recovery_codes(client)
    for path in PAGES:
        page = client.get(path)
        assert page.status_code == 200, path
        html = page.content.decode()
        assert 'id="content"' in html, path
        assert " style=" not in html, path
        scripts = [tag.split(">")[0] for tag in html.split("<script")[1:]]
        assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts), path


@pytest.mark.parametrize(
    "template",
    [
        "mfa/webauthn/reauthenticate.html",
        "account/password_set.html",
        "account/email_confirm.html",
        "account/verification_sent.html",
        "account/verified_email_required.html",
    ],
)
def test_rare_pages_render(db: None, template: str) -> None:
    request = RequestFactory().get("/")
    page = render_to_string(template, {"form": AcceptForm(invitation=Invitation(name="N"))}, request=request)
    assert 'id="content"' in page


def test_my_account(outsider: Member, texas_coordinator: Member) -> None:
    page = texas_coordinator.client.get("/account/")
    assert [(line.role, line.place, line.can_revoke) for line in page.context["grants"]] == [
        ("Coordinator", "Texas", False)
    ]
    assert "You hold no role" in outsider.client.get("/account/").content.decode()
    response = outsider.client.post(
        "/account/", {"name": "  Otto   M.  ", "language": "es", "is_active": "", "email": "x"}
    )
    assert response.status_code == 302
    assert outsider.client.cookies["django_language"].value == "es"
    outsider.account.refresh_from_db()
    account = outsider.account
    assert (account.name, account.language, account.email) == ("Otto M.", "es", "otto.marsh@example.org")
    assert EmailAddress.objects.get(user=account).email == account.email
    assert outsider.client.post("/account/", {"name": "a\u202eb", "language": "es"}).status_code == 200
