"""`waywatch audit`: check the log, and write down where its chain stands. Runs as the owner of the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import Connection

from waywatch.audit import checkpoints, verification
from waywatch.audit.verification import Finding, Report

CANNOT_CHECK = 2


class Command(BaseCommand):
    help = "Check the audit log (verify), or write down where its chain stands (checkpoint)."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_subparsers(dest="which", required=True)
        verify = which.add_parser(
            "verify", help="Check every entry and link. Exit 0: sound, 1: broken, 2: not checked."
        )
        verify.add_argument("--checkpoint", type=Path, metavar="FILE", help="Checkpoints that were kept elsewhere.")
        out = which.add_parser("checkpoint", help="Add a line to FILE that says where the chain stands.")
        out.add_argument("--out", type=Path, required=True, metavar="FILE", help="Keep it away from this database.")

    def handle(self, **options: Any) -> None:
        if options["which"] == "checkpoint":
            self._checkpoint(options["out"])
        else:
            self._verify(options["checkpoint"])

    def _checkpoint(self, out: Path) -> None:
        checkpoint = verification.take_checkpoint(_own_connection())
        with out.open("a", encoding="utf-8") as file:
            file.write(checkpoint.line() + "\n")
        self.stdout.write(_("Checkpoint at link %(seq)d written to %(file)s.") % {"seq": checkpoint.seq, "file": out})

    def _verify(self, file: Path | None) -> None:
        try:
            known = checkpoints.read(file) if file else []
        except checkpoints.CheckpointError as error:
            raise CommandError(str(error), returncode=CANNOT_CHECK) from error
        report = verification.verify(_own_connection(), known)
        self._describe(report)
        if not report.sound:
            raise CommandError(_("The audit log is broken. Keep this output and a copy of the database as they are."))
        self.stdout.write(_("The audit log is sound."))
        if not file:
            self.stdout.write(_("No checkpoint was given: a cut end or an older backup cannot be seen without one."))

    def _describe(self, report: Report) -> None:
        self.stdout.write(
            _("%(sealed)d links over %(entries)d entries; head %(hash)s")
            % {"sealed": report.sealed, "entries": report.entries, "hash": report.head_hash.hex()}
        )
        self.stdout.write(
            _("Unsealed: %(count)d, the oldest for %(age).1f s")
            % {"count": report.unsealed, "age": report.oldest_unsealed_seconds}
        )
        for finding in report.findings:
            self.stdout.write(_line(finding))
        if report.more_findings:
            self.stdout.write(_("and %(count)d more findings") % {"count": report.more_findings})


def _own_connection() -> Connection[Any]:
    connection.ensure_connection()
    own: Connection[Any] = connection.connection
    return own


def _line(finding: Finding) -> str:
    where = [f"link={finding.seq}"] if finding.seq is not None else []
    where += [f"entry={finding.entry_id}"] if finding.entry_id else []
    return " ".join([finding.code, *where])
