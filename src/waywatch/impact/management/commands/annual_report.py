"""`waywatch annual-report YEAR [--pdf FILE] [--paper letter|a4] [--json] [--lang en|fr|es]`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import override

from waywatch.impact import queries
from waywatch.impact.export import as_json, as_text
from waywatch.impact.pdf import PAPERS, annual_pdf
from waywatch.impact.typesetting import PaperError
from waywatch.lib.actors import Actor, acting_as


class Command(BaseCommand):
    help = "Print the annual report of YEAR; --json for programs, --pdf FILE for paper."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", metavar="YEAR", type=int)
        parser.add_argument("--pdf", metavar="FILE", type=Path, help="write a PDF here")
        parser.add_argument("--paper", choices=tuple(PAPERS), default="letter")
        parser.add_argument("--json", action="store_true", help="print JSON; null is “not known”")
        parser.add_argument("--lang", choices=("en", "fr", "es"), default="en")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with override(options["lang"]), acting_as(Actor.system("annual-report")), transaction.atomic():
            year = options["year"]
            if year not in queries.report_years():
                known = ", ".join(map(str, queries.report_years())) or "none"
                raise CommandError(f"Nothing is known of {year}. Years with a report: {known}.")
            report = queries.report(year)
            if options["json"]:
                self.stdout.write(json.dumps(as_json(report), ensure_ascii=False, indent=1))
            elif not options["pdf"]:
                self.stdout.write("\n".join(as_text(report)))
            if options["pdf"]:  # last: what could be printed is there, whatever becomes of the paper
                self._write_pdf(report, options)

    def _write_pdf(self, report: queries.Report, options: dict[str, Any]) -> None:
        file: Path = options["pdf"]
        try:
            file.write_bytes(annual_pdf(report, paper=options["paper"], language=options["lang"]))
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}. Choose another place.") from error
        except PaperError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{file} written")
