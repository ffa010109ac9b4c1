"""From enqueue to the mail server: once, later, never, and what is left behind."""

import datetime as dt
import uuid

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from psycopg.errors import InsufficientPrivilege

from tests.conftest import use_database
from tests.delivery.conftest import BODY, SUBJECT, TO, Outbox, PostOffice
from waywatch.delivery import actions, api, rules
from waywatch.lib import clock
from waywatch.lib.errors import InvalidError


def enqueue(**changes: str) -> uuid.UUID:
    return api.enqueue_mail(**({"to": TO, "subject": SUBJECT, "body": BODY, "kind": "invitation"} | changes))


def test_a_mail_arrives_once_and_its_words_are_erased(outbox: Outbox, office: PostOffice) -> None:
    message_id = enqueue(html="<p>Come</p>")
    outbox.work()
    outbox.work()
    [mail] = office.received
    plain, html = mail.iter_parts()
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == (TO, SUBJECT, f"<{message_id}@localhost>")
    assert (plain.get_content().strip(), html.get_content().strip()) == (BODY, "<p>Come</p>")  # type: ignore[attr-defined]  # parts of a parsed mail
    row = outbox.row()
    assert (row["state"], row["attempts"], row["content"], row["last_error"]) == ("sent", 1, None, "")
    assert outbox.jobs() == []


def test_a_rollback_sends_nothing(outbox: Outbox, office: PostOffice) -> None:
    def enqueue_and_fail() -> None:
        with transaction.atomic():
            enqueue()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enqueue_and_fail()
    outbox.work()
    assert (outbox.rows(), outbox.jobs(), office.received) == ([], [], [])


def test_a_mail_without_its_job_is_not_kept(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(message_id: uuid.UUID) -> None:
        raise RuntimeError

    monkeypatch.setattr(actions, "_defer", fail)
    with pytest.raises(RuntimeError):
        enqueue()
    assert outbox.rows() == []


def test_a_job_that_rolls_back_sends_nothing(outbox: Outbox, office: PostOffice) -> None:
    """The worker's own pool must not be what a job defers on."""

    @app.task(name="tests.enqueue_and_fail")
    def enqueue_and_fail() -> None:
        with transaction.atomic():
            enqueue()
            raise RuntimeError

    try:
        enqueue_and_fail.defer()
        outbox.work()
    finally:
        del app.tasks["tests.enqueue_and_fail"]
    assert [job["task_name"] for job in outbox.jobs()] == ["tests.enqueue_and_fail"]
    assert (outbox.rows(), office.received) == ([], [])


def test_a_mail_waits_for_a_server_that_is_down(outbox: Outbox, office: PostOffice) -> None:
    office.stop()
    enqueue()
    outbox.work()
    row = outbox.row()
    assert (row["state"], row["last_error"], row["attempts"]) == ("waiting", "unreachable", 1)
    office.start()
    outbox.work()
    assert office.received == []
    outbox.make_due()
    outbox.work()
    assert len(office.received) == 1
    assert (outbox.row()["state"], outbox.row()["attempts"], outbox.row()["last_error"]) == ("sent", 2, "")


def test_a_temporary_refusal_is_tried_again_after_a_while(outbox: Outbox, office: PostOffice) -> None:
    office.answers = ["451 greylisted, driver@example.org"]
    before = clock.now()
    enqueue()
    outbox.work()
    [job] = outbox.jobs()
    assert dt.timedelta(seconds=7.5) <= job["scheduled_at"] - before <= dt.timedelta(seconds=25)
    assert (outbox.row()["state"], outbox.row()["last_error"]) == ("waiting", "smtp_451")


def test_a_permanent_refusal_is_given_up_and_shown(outbox: Outbox, office: PostOffice) -> None:
    office.answers = ["550 no such user driver@example.org here"]
    message_id = enqueue()
    outbox.work()
    [failed] = api.failed_messages()
    assert (failed.id, failed.kind, failed.to, failed.error, failed.attempts) == (
        message_id,
        "invitation",
        TO,
        "smtp_550",
        1,
    )
    assert (office.received, outbox.jobs()) == ([], [])
    assert "no such user" not in str(outbox.rows())


def test_a_mail_is_given_up_in_the_end(outbox: Outbox, office: PostOffice) -> None:
    office.answers = ["451 later"]
    enqueue()
    outbox.change(f"UPDATE delivery_message SET attempts = {rules.MOST_ATTEMPTS - 1}")
    outbox.work()
    assert (outbox.row()["state"], outbox.row()["attempts"]) == ("failed", rules.MOST_ATTEMPTS)
    assert outbox.jobs() == []


def test_a_mail_that_kills_its_workers_is_given_up(outbox: Outbox, office: PostOffice) -> None:
    enqueue()
    outbox.change(f"UPDATE delivery_message SET attempts = {rules.MOST_ATTEMPTS}")
    outbox.work()
    assert [failed.error for failed in api.failed_messages()] == ["killed"]
    assert office.received == []


def test_a_changed_text_is_given_up_not_sent(outbox: Outbox, office: PostOffice) -> None:
    enqueue()
    outbox.change("UPDATE delivery_message SET content = 'x'")
    outbox.work()
    assert [failed.error for failed in api.failed_messages()] == ["unreadable"]
    assert office.received == []


def test_two_workers_do_not_send_one_mail_at_once(outbox: Outbox, office: PostOffice) -> None:
    message_id = enqueue()
    use_database(outbox.urls["worker"])
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    with psycopg.connect(outbox.urls["worker"]) as other:
        other.execute("SELECT 1 FROM delivery_message FOR UPDATE")
        actions.try_to_send(message_id)
    assert (office.received, outbox.row()["attempts"]) == ([], 0)
    actions.try_to_send(message_id)
    actions.try_to_send(message_id)
    assert (len(office.received), outbox.row()["state"], outbox.row()["attempts"]) == (1, "sent", 1)


def test_a_mail_without_a_job_gets_one(outbox: Outbox, office: PostOffice) -> None:
    lost, kept = enqueue(), enqueue()
    outbox.change(f"UPDATE procrastinate_jobs SET status = 'failed' WHERE args ->> 'message_id' = '{lost}'")
    use_database(outbox.urls["worker"])
    assert actions.requeue_orphans() == 1
    assert actions.requeue_orphans() == 0
    outbox.work()
    assert {mail["Message-ID"] for mail in office.received} == {f"<{lost}@localhost>", f"<{kept}@localhost>"}
    assert len(office.received) == 2


def test_addresses_are_erased_after_thirty_days(outbox: Outbox, office: PostOffice) -> None:
    office.answers = ["550 no"]
    enqueue()
    outbox.work()
    enqueue()
    outbox.work()
    use_database(outbox.urls["worker"])
    assert actions.erase_old(now=clock.now() + dt.timedelta(days=29)) == 0
    enqueue()
    assert actions.erase_old(now=clock.now() + dt.timedelta(days=31)) == 2
    kept = [(row["state"], row["recipient"] is None, row["content"] is None) for row in outbox.rows()]
    assert sorted(kept) == [("failed", True, True), ("sent", True, True), ("waiting", False, False)]
    assert [failed.to for failed in api.failed_messages()] == [None]


def test_nothing_of_a_waiting_mail_is_readable_in_the_database(outbox: Outbox) -> None:
    enqueue(html=f"<p>{BODY}</p>")
    [row] = outbox.rows()
    stored = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    stored += str(outbox.jobs() + outbox.rows("procrastinate_events")).encode()
    found = [word for word in ("canary", "Come at", SUBJECT, "driver", "example.org") if word.encode() in stored]
    assert found == []


def test_a_page_cannot_read_the_words_of_a_mail(outbox: Outbox) -> None:
    enqueue()
    with psycopg.connect(outbox.urls["web"]) as web, pytest.raises(InsufficientPrivilege):
        web.execute("SELECT content FROM delivery_message")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": "a@example.org\nBcc: b@example.org"}, "to"),
        ({"to": "a@example.org\n"}, "to"),
        ({"to": "a@example.org, b@example.org"}, "to"),
        ({"to": "Somebody <a@example.org>"}, "to"),
        ({"to": ""}, "to"),
        ({"subject": "Hello\nBcc: b@example.org"}, "subject"),
        ({"subject": "Hello\r\nBcc: b@example.org"}, "subject"),
        ({"subject": "Hello\rBcc: b@example.org"}, "subject"),
        ({"subject": "Hello\n"}, "subject"),
        ({"subject": "Hello\x00"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"subject": "Hello\u2028Bcc: b@example.org"}, "subject"),
    ],
)
def test_a_header_cannot_be_smuggled_in(outbox: Outbox, changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        enqueue(**changes)
    assert refused.value.field == field
    assert outbox.rows() == []
