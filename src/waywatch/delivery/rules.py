"""When to try again, when to give up, what an SMTP answer means. Pure."""

import smtplib
import ssl

MOST_ATTEMPTS = 15
FIRST_WAIT = 15.0
LONGEST_WAIT = 6 * 3600.0
_TEMPORARY_SMTP = range(400, 500)
# Refusals of us, not of the mail: somebody sets the password or the server right, and the mail can still go.
_OURS = (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)


def wait_before_retry(attempts: int, *, chance: float) -> float | None:
    """Return the seconds to wait after `attempts` failures, or None to give up. `chance` in [0, 1) spreads a crowd.

    Doubles from 15 seconds to 6 hours; the last try comes after 13 to 27 hours. Half of each wait is left to chance.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    whole: float = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return whole * (0.5 + chance / 2)


def error_code(error: Exception) -> str:
    """Return a stable code for a failure, without any text of the server: it may quote addresses."""
    answer = smtp_answer(error)
    if answer is not None:
        return f"smtp_{answer}"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "disconnected"
    if isinstance(error, ssl.SSLError):
        return "tls_failed"
    if isinstance(error, TimeoutError):
        return "timed_out"
    if isinstance(error, OSError):
        return "unreachable"
    return "unreadable" if isinstance(error, ValueError) else "error"


def is_permanent(error: Exception) -> bool:
    """Tell whether trying again is useless: the server refused for good, or our own text cannot be read or encoded."""
    answer = smtp_answer(error)
    if answer is not None:
        return answer not in _TEMPORARY_SMTP and not isinstance(error, _OURS)
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def smtp_answer(error: Exception) -> int | None:
    """Return the three digits of the server's answer, where there was one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _text in error.recipients.values()), None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
