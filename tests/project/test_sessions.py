"""Nobody signs in with what stands in the database, and the log keeps no token."""

import datetime as dt
import logging

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import connection
from django.test import Client

from tests.cast import PASSWORD, Member
from tests.project.remains import standing_in
from tests.project.test_canaries import Marks
from waywatch.lib import clock
from waywatch.project.logs import WithoutValues
from waywatch.project.sessions import SessionStore, key_of

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


def test_what_a_session_holds_cannot_be_read_in_its_row_and_a_row_that_does_not_open_is_empty(analyst: Member) -> None:
    store = SessionStore()
    store["mfa.totp.secret"] = TOKEN
    store.create()
    [row] = Session.objects.filter(session_key=store.session_key).values_list("session_data", flat=True)
    assert standing_in(row.encode(), Marks(), {"secret": TOKEN}) == set()
    assert SessionStore(store.session_key).load()["mfa.totp.secret"] == TOKEN
    for unreadable in (row[:-4], "", signing.dumps({"_auth_user_id": str(analyst.account.pk)}, compress=True)):
        Session.objects.filter(session_key=store.session_key).update(session_data=unreadable)
        assert SessionStore(store.session_key).load() == {}


def test_a_sign_in_ends_after_twelve_hours_whatever_is_done_in_it(
    analyst: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client()
    browser.post("/account/login/", {"login": analyst.account.email, "password": PASSWORD})
    key = key_of(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    ends = Session.objects.get(session_key=key).expire_date
    began = clock.now()
    assert dt.timedelta(hours=11, minutes=59) < ends - began <= dt.timedelta(hours=12)
    monkeypatch.setattr(clock, "now", lambda: began + dt.timedelta(hours=11))
    store = SessionStore(key)
    store["unlocked"] = "something changes in it"
    store.save()
    assert Session.objects.get(session_key=key).expire_date == ends
    store.cycle_key()  # a new sign-in
    store.save()
    assert Session.objects.get(session_key=store.session_key).expire_date == began + dt.timedelta(hours=23)


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


def test_the_log_leaves_out_the_values_that_a_database_names() -> None:
    text = f'"one" is violated\nDETAIL:  Failing row contains ({TOKEN},\n\n{TOKEN}).\n'
    error = KeyError()
    error.__cause__ = ValueError(text)
    record = logging.LogRecord("said", logging.ERROR, "", 1, "%s", (text,), (KeyError, error, None))
    written = WithoutValues("%(message)s").format(record)
    assert TOKEN not in written
    assert written.count('"one" is violated') == 1
    record.args = ("at the end",)
    written = WithoutValues("%(message)s").format(record)
    assert TOKEN not in written
    assert written.endswith("KeyError")


def test_the_log_of_the_product_has_that_filter() -> None:
    assert settings.LOGGING["formatters"]["line"]["()"] == "waywatch.project.logs.WithoutValues"
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["route_only"]


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "some.other.host", "waywatch.example.org"])
def test_health_is_told_to_whoever_asks_by_any_name(client: Client, host: str) -> None:
    assert client.get("/health/ready", headers={"host": host}).content == b"ready\n"
