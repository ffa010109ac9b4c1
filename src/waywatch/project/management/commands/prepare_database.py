"""Tables, privileges, reference places, static files. Run as the owner; safe to run again."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from waywatch.geo import api as geo
from waywatch.lib.actors import Actor, acting_as
from waywatch.project.preparing import alone
from waywatch.project.privileges import apply_privileges


class Command(BaseCommand):
    help = "Prepare or upgrade the database."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with alone():
            call_command("migrate", verbosity=0, interactive=False)
            apply_privileges()
            with acting_as(Actor.system("load-places")):
                summary = geo.load_reference()
            call_command("collectstatic", verbosity=0, interactive=False)
        self.stdout.write(f"The database is prepared. Reference places: {sum(summary.rows.values()):,} rows")
