"""`waywatch list …`: what phones and desks trust. Prepare the unsigned lists, install the signed ones."""

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import WaywatchError
from waywatch.vault import lists, root, words

TASK = "install-list"


class Command(BaseCommand):
    help = (
        "Prepare the lists for the offline root (desks; agencies and policies), and install them once they are signed."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        prepare = acts.add_parser("prepare", help="print the unsigned lists")
        prepare.add_argument("--days", type=int, default=lists.LASTS.days, help="how long they may be used (90)")
        prepare.add_argument("--escrow", type=Path, metavar="FILE", help="escrow-public.txt, the first time")
        install = acts.add_parser("install", help="check signed lists, show what they change, and work by them")
        install.add_argument("signed", type=Path, metavar="SIGNED")
        install.add_argument(
            "--root", type=Path, metavar="FILE", help="root-public.txt of the first ceremony, to pin it"
        )
        install.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            with acting_as(Actor.system(TASK)) as actor:
                if options["act"] == "prepare":
                    key = _root_of(options["escrow"])
                    lasts, escrow = dt.timedelta(days=options["days"]), root.to_text(key) if key else ""
                    self.stdout.write(lists.prepare_lists(clock.now(), lasts=lasts, escrow=escrow))
                else:
                    self._install(actor, options)
        except WaywatchError as error:
            raise CommandError(str(error)) from error

    def _install(self, actor: Actor, options: dict[str, Any]) -> None:
        review = lists.review_lists(
            options["signed"].read_text(encoding="utf-8"), clock.now(), trust=_root_of(options["root"])
        )
        self.stdout.write(f"Signed by the root: {words.fingerprint(review.signed.root)}")
        if review.pins_root:
            self.stdout.write("This root is pinned from now on: phones and this server refuse every other one.")
        for line in review.changes or ("nothing but the dates",):
            self.stdout.write(f"  {line}")
        self.stdout.write(f"Phones and desks may use them until {review.desks.expires:%Y-%m-%d}.")
        if not options["yes"] and not self._agrees():
            raise CommandError("Nothing is changed.")
        lists.install_lists(actor, review=review)
        self.stdout.write("The lists are installed.")

    def _agrees(self) -> bool:
        self.stdout.write("Are these words and changes right? Type yes: ", ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip().lower() == "yes"


def _root_of(file: Path | None) -> bytes | None:
    try:
        return root.from_text(file.read_text(encoding="utf-8").strip()) if file else None
    except ValueError:
        raise CommandError(f"{file} is not a public key of the ceremony.") from None
