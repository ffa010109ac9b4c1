"""Demo accounts: they work in a demonstration, and nowhere else."""

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.accounts.conftest import App
from waywatch.accounts import api
from waywatch.accounts.api import Role
from waywatch.accounts.demo import totp_code
from waywatch.accounts.errors import DemoAccountError
from waywatch.accounts.models import Account
from waywatch.lib.actors import Actor


def test_each_signs_in_and_holds_its_role(db: None, app: App) -> None:
    roles = {}
    for sign_in in api.create_demo_accounts():
        client = Client()
        client.post("/account/login/", {"login": sign_in.email, "password": sign_in.password})
        assert client.post("/account/2fa/authenticate/", {"code": app.code(sign_in.totp_secret)}).status_code == 302
        account = Account.objects.get(email=sign_in.email)
        roles[sign_in.email.split("@")[0]] = set(api.roles_of(Actor.account(account.pk)))
    assert roles == {
        "coordinator": {Role.COORDINATOR},
        "texas": {Role.COORDINATOR},
        "cohost": {Role.CO_HOST},
        "analyst": {Role.ANALYST},
        "administrator": {Role.ADMINISTRATOR},
        "advocate": {Role.ADVOCATE},
        "advocate2": {Role.ADVOCATE},
        "supervisor": {Role.SUPERVISOR},
        "officer": {Role.OFFICER},
        "outsider": set(),
    }


def test_making_them_again_changes_nothing(db: None) -> None:
    first = api.create_demo_accounts()
    assert api.create_demo_accounts() == first
    assert Account.objects.filter(is_demo=True).count() == len(first)


def test_production_has_none(db: None, settings: LazySettings) -> None:
    [sign_in, *_] = api.create_demo_accounts()
    signed_in = Client()
    signed_in.force_login(Account.objects.get(email=sign_in.email))
    assert signed_in.get("/account/").status_code == 200
    settings.MODE = "production"
    with pytest.raises(DemoAccountError):
        api.create_demo_accounts()
    with pytest.raises(DemoAccountError):
        api.refuse_demo_accounts_in_production()
    assert api.demo_codes() == []
    client = Client()
    response = client.post("/account/login/", {"login": sign_in.email, "password": sign_in.password})
    assert response["Location"] == "/account/inactive/"
    assert "_auth_user_id" not in client.session
    assert client.get("/account/2fa/authenticate/").status_code == 302  # no sign-in has begun
    assert signed_in.get("/account/").status_code == 302
    Account.objects.update(is_demo=False)
    api.refuse_demo_accounts_in_production()


def test_a_demonstration_may_start_with_them(db: None, settings: LazySettings) -> None:
    api.create_demo_accounts()
    settings.MODE = "demo"
    api.refuse_demo_accounts_in_production()


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    """Appendix B of the RFC, its eight digits cut to six."""
    assert totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at) == code
