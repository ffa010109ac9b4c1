"""Fills a demonstration: published builds and figures, invented accounts. Refuses outside of demo mode."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from waywatch.accounts import api as accounts
from waywatch.lib.actors import Actor, acting_as
from waywatch.project.preparing import alone
from waywatch.referrals import api as referrals
from waywatch.vault import api as vault


class Command(BaseCommand):
    help = "Load the published data of the demonstration and create its accounts."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if not settings.DEMO:
            raise CommandError("Demo accounts exist in a demonstration only: WAYWATCH_MODE=demo.")
        with alone():
            call_command("load_builds", options["folder"] / "builds.json", quiet=True)
            call_command("load_annual", options["folder"] / "annual.json", quiet=True)
            with acting_as(Actor.system("demo")) as actor, transaction.atomic():
                accounts.create_demo_accounts()
                vault.create_demo_keyrings(actor)
                referrals.create_demo_contacts(actor)
        call_command("demo_codes")
