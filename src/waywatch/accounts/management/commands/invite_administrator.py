from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from waywatch.accounts.inviting import invite_administrator
from waywatch.lib.errors import WaywatchError


class Command(BaseCommand):
    """Prints an invitation to administer: how the first one comes in, and how a locked-out house opens again."""

    help = "Print the address of an invitation to administer this instance. It works once, for seven days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            address = invite_administrator(email=options["email"], name=options["name"])
        except WaywatchError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(address)
