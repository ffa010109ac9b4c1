"""A code of an authenticator app counts once, however it is typed and wherever; a refused one proves nothing."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as PROOFS
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from tests.accounts.conftest import App
from tests.cast import PASSWORD, TOTP_SECRET, Member, member
from waywatch.accounts import second_factor
from waywatch.accounts.api import Role
from waywatch.accounts.demo import totp_code

SignIn = Callable[[Member], Client]
CODE = "/account/2fa/authenticate/"


def later(app: App) -> None:
    """Half a minute on: the library's own mark of a used code is gone by then."""
    app.tick()
    cache.clear()


def answer(person: Member, code: str) -> int:
    """Type the password and a code into a new browser: 302 is in."""
    client = Client()
    client.post("/account/login/", {"login": person.account.email, "password": PASSWORD})
    return client.post(CODE, {"code": code}).status_code


def stored(person: Member) -> object:
    return Authenticator.objects.get(user=person.account, type="totp").data.get(second_factor.USED)


@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_the_moment_of_the_code_that_was_typed_is_kept(coordinator: Member, app: App, ahead: int) -> None:
    assert answer(coordinator, totp_code(TOTP_SECRET, app.moment + 30 * ahead)) == 302
    assert stored(coordinator) == app.moment // 30 + ahead


def test_a_used_code_is_refused_two_seconds_and_half_a_minute_later(coordinator: Member, app: App) -> None:
    code = app.code()
    assert answer(coordinator, code) == 302
    app.moment += 2
    assert answer(coordinator, code) == 200
    app.moment += 29
    cache.clear()
    assert answer(coordinator, code) == 409


def test_a_code_before_the_last_one_is_refused_and_the_next_one_taken(coordinator: Member, app: App) -> None:
    before, used, after = (totp_code(TOTP_SECRET, app.moment + 30 * each) for each in (-1, 0, 1))
    assert [answer(coordinator, code) for code in (used, before, after)] == [302, 409, 302]


@pytest.mark.parametrize("typed", ["{}-{}", "{} {}", "{}.{}", " {}{}\u00a0"])
def test_a_used_code_is_refused_however_it_is_typed(coordinator: Member, app: App, typed: str) -> None:
    code = app.code()
    assert answer(coordinator, code) == 302
    later(app)
    assert answer(coordinator, typed.format(code[:3], code[3:])) == 409


@pytest.mark.parametrize("typed", ["{}-{}", "{} {}", "{}.{}", " {}{}\u00a0"])
def test_a_fresh_code_is_taken_however_it_is_typed(coordinator: Member, app: App, typed: str) -> None:
    code = app.code()
    assert answer(coordinator, typed.format(code[:3], code[3:])) == 302
    assert stored(coordinator) == app.moment // 30


def test_what_fits_no_moment_is_refused_and_changes_nothing(coordinator: Member, app: App) -> None:
    row = Authenticator.objects.get(user=coordinator.account, type="totp")
    for code in ("", "x", "²" * 6, totp_code(TOTP_SECRET, app.moment - 60), totp_code(TOTP_SECRET, app.moment + 60)):
        assert second_factor.use_up(row.pk, code) is False
    assert stored(coordinator) is None


def test_each_account_has_its_own_memory(coordinator: Member, texas_coordinator: Member, app: App) -> None:
    assert [answer(person, app.code()) for person in (coordinator, texas_coordinator)] == [302, 302]


def test_a_refused_code_proves_nothing_to_a_session(coordinator: Member, app: App, sign_in: SignIn) -> None:
    client = sign_in(coordinator)
    before = client.session[PROOFS]
    code = app.code()
    later(app)
    assert client.post("/account/2fa/reauthenticate/", {"code": code}).status_code == 409
    assert client.session[PROOFS] == before
    assert re.search("reauthenticate", client.get("/account/2fa/recovery-codes/generate/").headers.get("Location", ""))
    assert client.post("/account/2fa/reauthenticate/", {"code": app.code()}).status_code == 302
    assert client.get("/account/2fa/recovery-codes/generate/").status_code == 200


def test_the_code_that_set_the_app_up_is_used_too(
    app: App, db: None, django_capture_on_commit_callbacks: Callable[..., Iterator[list]]
) -> None:
    bare = member("no.factor@example.org", "No Factor", Role.COORDINATOR, second_factor=False)
    bare.client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = bare.client.get("/account/2fa/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert bare.client.post("/account/2fa/totp/activate/", {"code": app.code(secret)}).status_code == 302
    assert answer(bare, app.code(secret)) == 409
    later(app)
    assert answer(bare, app.code(secret)) == 302
