"""What must be right before a production service starts."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from waywatch.accounts import api as accounts
from waywatch.lib.actors import Actor, acting_as
from waywatch.vault import api as vault

SHORTEST_KEY = 40


class Command(BaseCommand):
    help = "Refuse to start a production service that is not safe."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not at this version. Run: waywatch migrate.")
        if settings.MODE != "production":
            return
        accounts.refuse_demo_accounts_in_production()
        with acting_as(Actor.system("check-production")) as actor:
            vault.refuse_demo_keyrings_in_production(actor)
        if len(settings.SECRET_KEY) < SHORTEST_KEY:
            raise CommandError(f"SECRET_KEY is too short: use at least {SHORTEST_KEY} random characters.")
        if not settings.HTTPS:
            raise CommandError(
                "WAYWATCH_URL must start with https:// in production. docs/how-to/run-in-production.md shows how."
            )
        if not settings.ALLOWED_HOSTS:
            raise CommandError("Set ALLOWED_HOSTS to the name under which people reach this service.")
        if not settings.BEHIND_PROXY:
            raise CommandError(
                "Waywatch itself speaks plain HTTP. Put a proxy with TLS in front of it that sets X-Forwarded-Proto, "
                "then set WAYWATCH_BEHIND_PROXY=yes. docs/how-to/run-in-production.md shows how."
            )
