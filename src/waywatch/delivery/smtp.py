"""The one place where a mail is decrypted and handed to the mail server."""

import json
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from waywatch.delivery.models import Message
from waywatch.lib import fieldcrypt

RECIPIENT = "delivery.recipient"
CONTENT = "delivery.content"


def send(message: Message) -> Exception | None:
    """Hand one mail to the server; return what went wrong, or None once the server has taken it over.

    SMTP's own errors are OSErrors; a text that cannot be decrypted or put into a mail is a ValueError.
    """
    try:
        _mail(message).send()
    except (OSError, ValueError) as error:
        return error
    return None


def message_id(message: Message) -> str:
    """Return the same Message-ID for each attempt, so that a mail sent twice is recognised as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.id}@{domain or 'localhost'}>"


def _mail(message: Message) -> EmailMultiAlternatives:
    content = json.loads(fieldcrypt.decrypt(message.content or b"", purpose=CONTENT))
    mail = EmailMultiAlternatives(
        subject=content["subject"],
        body=content["body"],
        to=[fieldcrypt.decrypt(message.recipient or b"", purpose=RECIPIENT)],
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    if content["html"]:
        mail.attach_alternative(content["html"], "text/html")
    return mail
