"""Destroys again, after a restore, the content of tips that had been destroyed: FILE has an id a line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.actions import retention


class Command(BaseCommand):
    help = "Destroy again the tips whose ids stand in FILE."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        lines = options["file"].read_text(encoding="ascii").splitlines()
        with acting_as(Actor.system("restore")):
            self.stdout.write(f"Destroyed again: {retention.replay(lines)}")
