"""When to try again, and what an answer means."""

import smtplib
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.delivery import rules

attempts = st.integers(1, rules.MOST_ATTEMPTS - 1)
chances = st.floats(0, 1, exclude_max=True)


@given(attempts, chances)
def test_a_wait_is_between_half_and_all_of_the_doubled_time(attempt: int, chance: float) -> None:
    whole = min(15 * 2 ** (attempt - 1), 6 * 3600)
    wait = rules.wait_before_retry(attempt, chance=chance)
    assert wait is not None
    assert whole / 2 <= wait <= whole


@pytest.mark.parametrize(("chance", "hours"), [(0.0, 13), (1.0, 27)])
def test_a_night_of_outage_is_survived(chance: float, hours: int) -> None:
    waits = [rules.wait_before_retry(attempt, chance=chance) or 0 for attempt in range(1, rules.MOST_ATTEMPTS)]
    assert round(sum(waits) / 3600) == hours


def test_the_last_attempt_is_the_last() -> None:
    assert rules.wait_before_retry(rules.MOST_ATTEMPTS, chance=0) is None


@pytest.mark.parametrize(
    ("error", "code", "permanent"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no")}), "smtp_550", True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (451, b"later")}), "smtp_451", False),
        (smtplib.SMTPDataError(554, b"spam"), "smtp_554", True),
        (smtplib.SMTPSenderRefused(553, b"who?", "b@example.org"), "smtp_553", True),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), "smtp_535", False),
        (smtplib.SMTPConnectError(554, b"too many connections"), "smtp_554", False),
        (smtplib.SMTPServerDisconnected("gone"), "disconnected", False),
        (ssl.SSLError("certificate"), "tls_failed", False),
        (TimeoutError(), "timed_out", False),
        (ConnectionRefusedError(), "unreachable", False),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), "unreadable", True),
    ],
)
def test_each_failure_has_its_code(error: Exception, code: str, permanent: bool) -> None:
    assert (rules.error_code(error), rules.is_permanent(error)) == (code, permanent)
