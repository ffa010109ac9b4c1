"""`waywatch escrow …`: copies of a team's keys, out to the offline machine and back, when everybody of the team has lost theirs."""

import argparse
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import WaywatchError
from waywatch.vault import escrow
from waywatch.vault.actions import escrow as actions

TASK = "escrow"


class Command(BaseCommand):
    help = "Export the escrow copies of a keyring for one person, and install what the two holders have released."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        export = acts.add_parser("export", help="print the copies of a keyring, for one person's own key")
        export.add_argument("keyring", type=uuid.UUID, metavar="KEYRING", help="its id, from the address of its page")
        export.add_argument("--for", dest="email", required=True, metavar="EMAIL")
        install = acts.add_parser("install", help="give that person what was released")
        install.add_argument("released", type=Path, metavar="RELEASED")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            with acting_as(Actor.system(TASK)) as actor:
                if options["act"] == "export":
                    self.stdout.write(actions.export(actor, keyring_id=options["keyring"], email=options["email"]))
                else:
                    released = escrow.read_released(options["released"].read_text(encoding="utf-8"))
                    actions.install(actor, released=released)
                    self.stdout.write("It is given. The person unlocks, lets the team in again, and makes a new key.")
        except WaywatchError as error:
            raise CommandError(str(error)) from error
