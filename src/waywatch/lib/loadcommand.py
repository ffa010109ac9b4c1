"""The command that loads a JSON file: progress, a summary, and each problem with the id and the field it is about."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import WaywatchError
from waywatch.lib.jsonfile import read_object
from waywatch.lib.loading import Summary, silent

STEP = 25


class LoadCommand(BaseCommand):
    """Reads FILE, loads it as the system, prints what came of it. Exit code 0; 1 if a row was refused or the file cannot be read."""

    task: ClassVar[str]
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the JSON file")
        parser.add_argument("--quiet", action="store_true", help="no progress, only the summary")

    def load(self, data: dict[str, Any], progress: Callable[[int, int], None]) -> Summary:
        """Load the parsed file."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        progress = silent if options["quiet"] else self._progress
        try:
            with acting_as(Actor.system(self.task)):
                summary = self.load(read_object(options["file"]), progress)
        except WaywatchError as error:
            raise CommandError(str(error)) from error
        self._print(summary)
        if summary.refused:
            raise CommandError(f"Rows left out: {summary.refused_rows}. All others are loaded.", returncode=1)

    def _progress(self, done: int, total: int) -> None:
        if done == total or done % STEP == 0:
            self.stderr.write(f"{done} of {total} rows")

    def _print(self, summary: Summary) -> None:
        for problem in summary.refused:
            self.stdout.write(f"left out: {problem}")
        for problem in summary.questions:
            self.stdout.write(f"question: {problem}")
        self.stdout.write(
            f"created {summary.created}, changed {summary.changed}, unchanged {summary.unchanged}, "
            f"questions {len(summary.questions)}, left out {summary.refused_rows}"
        )
