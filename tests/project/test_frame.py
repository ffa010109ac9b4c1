"""What every page has: policy headers, one 404, navigation by role, three languages."""

import gzip
import re
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import get_resolver

from tests.cast import Member
from tests.queries import queries_of
from waywatch.delivery.models import Message, State
from waywatch.delivery.smtp import RECIPIENT
from waywatch.lib import clock, fieldcrypt
from waywatch.project import environment
from waywatch.project.middleware import CONTENT_POLICY

MOST_BYTES = 60 * 1024


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/account/login/", "/style/", "/nowhere/"])
def test_a_page_carries_a_strict_policy_and_is_never_stored(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"] == CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert headers["Cache-Control"].startswith(("no-store", "max-age=0"))


NAVIGATION = [
    ("coordinator", ["Map", "Builds", "Impact", "Directory", "Places", "Accounts"]),
    ("co_host", ["Map", "Builds", "Impact", "Directory", "Places"]),
    ("analyst", ["Map", "Builds", "Impact"]),
    ("administrator", ["Map", "Builds", "Impact", "Keys", "Accounts", "Operations"]),
    ("advocate", ["Desk", "Trusted contacts", "Map", "Builds", "Impact", "Keys"]),
    ("outsider", []),
]


@pytest.mark.parametrize(("name", "labels"), NAVIGATION)
def test_the_navigation_shows_what_a_role_may_open(
    request: pytest.FixtureRequest, name: str, labels: list[str]
) -> None:
    who: Member = request.getfixturevalue(name)
    page = who.client.get("/style/")
    entries = page.context["navigation"]
    assert [str(entry.label) for entry in entries] == labels
    assert {who.client.get(entry.address).status_code for entry in entries} <= {200}


@pytest.mark.parametrize("name", ["coordinator", "co_host", "analyst", "advocate", "outsider"])
def test_operations_are_for_administrators_only(request: pytest.FixtureRequest, name: str) -> None:
    who: Member = request.getfixturevalue(name)
    assert who.client.get("/operations/").status_code == 404


def test_the_page_of_operations_costs_the_same_with_one_and_with_three(administrator: Member) -> None:
    costs = []
    for mails in (1, 2):
        for number in range(mails):
            Message.objects.create(
                kind="account.invitation",
                state=State.FAILED,
                recipient=fieldcrypt.encrypt(f"{number}@example.org", purpose=RECIPIENT),
                attempts=20,
                last_error="smtp_550",
                created_at=clock.now(),
                closed_at=clock.now(),
            )
        costs.append(queries_of(administrator.client, "/operations/"))
    shown = administrator.client.get("/operations/").context["failed"]
    assert sorted(mail.to for mail in shown) == ["0@example.org", "0@example.org", "1@example.org"]
    assert costs[0] == costs[1]


def test_the_start_leads_to_the_first_page_of_a_role(coordinator: Member, outsider: Member) -> None:
    assert coordinator.client.get("/").headers["Location"] == "/map/"
    assert outsider.client.get("/").status_code == 200


@pytest.mark.django_db
def test_demo_sign_ins_exist_in_a_demonstration_only(client: Client) -> None:
    assert client.get("/demo/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "answer"), [("/health/live", b"live\n"), ("/health/ready", b"ready\n")])
def test_the_health_of_the_service(client: Client, address: str, answer: bytes) -> None:
    assert client.get(address).content == answer


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_guest_chooses_a_language(client: Client, language: str) -> None:
    answer = client.post("/i18n/setlang/", {"language": language, "next": "/"})
    assert answer.headers["Location"] == "/"
    assert f'<html lang="{language}">' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_each_language_is_named_in_itself(client: Client, language: str) -> None:
    page = client.get("/", headers={"Accept-Language": language}).content.decode()
    named = re.findall(r'name="language" value="(\w+)" lang="(\w+)"[^>]*>([^<]+)<', page)
    assert named == [("en", "en", "English"), ("fr", "fr", "Français"), ("es", "es", "Español")]


@pytest.mark.django_db
def test_a_language_change_leads_to_our_own_pages_only(client: Client) -> None:
    answer = client.post("/i18n/setlang/", {"language": "fr", "next": "https://evil.example.com/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/map/", "/builds/", "/style/", "/account/people/", "/directory/"])
def test_a_page_weighs_little(coordinator: Member, address: str) -> None:
    assert len(gzip.compress(coordinator.client.get(address).content)) <= MOST_BYTES


def test_a_form_without_its_token_is_refused_in_words(coordinator: Member) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(coordinator.account)
    answer = strict.post("/builds/new/", {})
    assert answer.status_code == 403
    assert answer.templates[0].name == "403.html"


def test_a_fault_is_answered_in_words_though_the_database_is_the_fault(coordinator: Member) -> None:
    client = coordinator.client
    client.raise_request_exception = False
    with patch("waywatch.project.navigation.roles_of", side_effect=DatabaseError):
        answer = client.get("/map/")
    assert answer.status_code == 500
    assert answer.templates[0].name == "500.html"
    assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "delete", "patch", "post"])
def test_a_page_that_only_shows_refuses_other_methods(coordinator: Member, method: str) -> None:
    assert getattr(coordinator.client, method)("/map/").status_code == 405


def test_no_admin_is_mounted() -> None:
    assert not [name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("admin")]


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ("0", False),
        ("x", False),
        ("", False),
        ("5", True),
        ("10", True),
        ("11", False),
        ("²", False),
        ("--7", False),
        ("9" * 5000, False),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str, allowed: bool
) -> None:
    monkeypatch.setenv("SOME_NUMBER", value)
    if allowed:
        assert environment.integer("SOME_NUMBER", 1, lowest=5, highest=10) == int(value)
    else:
        with pytest.raises(environment.SettingError, match="SOME_NUMBER"):
            environment.integer("SOME_NUMBER", 1, lowest=5, highest=10)


def test_a_secret_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "secret"
    file.write_text("from a file\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(file))
    assert environment.text("SOME_SECRET") == "from a file"
    monkeypatch.delenv("SOME_SECRET_FILE")
    with pytest.raises(environment.SettingError, match="SOME_SECRET_FILE"):
        environment.text("SOME_SECRET")
