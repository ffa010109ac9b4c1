"""Nobody signs in with what stands in the database, and the log keeps no token."""

import logging

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from tests.cast import PASSWORD, Member
from waywatch.project.sessions import key_of

TOKEN = "t0ken-that-must-not-be-written-down"


def test_the_cookie_stands_in_no_table_and_what_stands_there_opens_nothing(coordinator: Member) -> None:
    assert coordinator.client.get("/map/").status_code == 200
    secret = coordinator.client.cookies[settings.SESSION_COOKIE_NAME].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM usersessions_usersession UNION SELECT session_key FROM django_session")
        keys = {row[0] for row in cursor.fetchall()}
    assert key_of(secret) in keys
    assert secret not in keys
    for key in keys:
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = key
        assert thief.get("/map/").status_code == 404


def test_signing_in_through_the_page_gives_a_new_secret_that_works(analyst: Member) -> None:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "planted-by-somebody-else"
    browser.post("/account/login/", {"login": analyst.account.email, "password": PASSWORD})
    given = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert given != "planted-by-somebody-else"
    assert Session.objects.filter(session_key=key_of(given)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_a_refused_address_is_logged_by_its_route_only(caplog: pytest.LogCaptureFixture, known: bool) -> None:
    from waywatch.project.logs import RouteOnly

    caplog.handler.addFilter(RouteOnly())
    browser = Client(enforce_csrf_checks=True)
    prefix = "/account/invitation/00000000-0000-4000-8000-000000000001/" if known else "/nowhere/"
    with caplog.at_level(logging.DEBUG):
        assert browser.post(f"{prefix}{TOKEN}/?also={TOKEN}", {}).status_code in {403, 404}
        browser.get(f"{prefix}{TOKEN}/")
    assert caplog.records
    assert TOKEN not in caplog.text


def test_the_log_of_the_product_has_that_filter() -> None:
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["route_only"]


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "some.other.host", "waywatch.example.org"])
def test_health_is_told_to_whoever_asks_by_any_name(client: Client, host: str) -> None:
    assert client.get("/health/ready", headers={"host": host}).content == b"ready\n"
