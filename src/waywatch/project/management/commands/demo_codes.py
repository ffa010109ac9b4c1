"""Prints the demo sign-ins with the codes of this half minute."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from waywatch.accounts import api as accounts
from waywatch.lib.actors import Actor, acting_as
from waywatch.vault import api as vault


class Command(BaseCommand):
    help = "Print the demo sign-ins with the codes of this half minute."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if not settings.DEMO:
            raise CommandError("There are demo sign-ins in a demonstration only: WAYWATCH_MODE=demo.")
        with acting_as(Actor.system("demo")):
            sign_ins = accounts.demo_codes()
        self.stdout.write("\nDemo sign-ins (the code changes every half minute; /demo/ shows fresh ones):")
        for row in sign_ins:
            self.stdout.write(f"  {row.role!s:<22} {row.email:<28} {row.password:<24} {row.code or 'no code'}")
        self.stdout.write(f"\nPassphrase of the keys of advocates, supervisor and officer: {vault.demo_passphrase()}\n")
