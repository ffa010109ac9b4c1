"""`waywatch root …`: the offline root. It needs no database and no network; run it on a machine that never goes online."""

import argparse
import getpass
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waywatch.lib.errors import WaywatchError
from waywatch.vault import lists, root, words
from waywatch.vault.passphrase import check_passphrase, normal

PRIVATE, PUBLIC = "root-key.json", "root-public.txt"


class Command(BaseCommand):
    help = "Make the offline root, and sign lists of desks with it. Two holders, each with a passphrase of their own."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="make the root key")
        create.add_argument(
            "--out", type=Path, required=True, metavar="FOLDER", help="an empty folder, on two media later"
        )
        sign = acts.add_parser("sign", help="sign a list of desks")
        sign.add_argument("list", type=Path, metavar="LIST")
        sign.add_argument("--root", type=Path, required=True, metavar="FOLDER", help="where root-key.json lies")
        sign.add_argument("--out", type=Path, required=True, metavar="SIGNED")
        show = acts.add_parser("show", help="print the words of the root's public key")
        show.add_argument("--root", type=Path, required=True, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            {"create": self._create, "sign": self._sign, "show": self._show}[options["act"]](options)
        except (WaywatchError, FileExistsError) as error:
            raise CommandError(str(error)) from error

    def _create(self, options: dict[str, Any]) -> None:
        folder: Path = options["out"]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        phrases = []
        for holder in ("first", "second"):
            phrase = self._ask(f"Passphrase of the {holder} holder (the other looks away): ")
            check_passphrase(phrase)
            if normal(self._ask("Again: ")) != normal(phrase):
                raise CommandError("The two differ. Start again.")
            phrases.append(phrase)
        if normal(phrases[0]) == normal(phrases[1]):
            raise CommandError("Both holders chose the same passphrase. Start again: each chooses alone.")
        text, public = root.new_root_file(*phrases)
        _write(folder / PRIVATE, text)
        _write(folder / PUBLIC, root.to_text(public) + "\n")
        self.stdout.write(f"{folder / PRIVATE} and {folder / PUBLIC} are written. The words of the root:")
        self.stdout.write(f"\n  {words.fingerprint(public)}\n")

    def _sign(self, options: dict[str, Any]) -> None:
        text = options["list"].read_bytes()
        found = lists.read_list(text)
        self.stdout.write(
            f"Issued {found.issued:%Y-%m-%d %H:%M} UTC, expires {found.expires:%Y-%m-%d}. Compare every line:"
        )
        for desk in found.desks:
            self.stdout.write(f"  {desk.name}: key {desk.key_version}: {words.fingerprint(root.from_text(desk.key))}")
            self.stdout.write(f"    serves {', '.join(desk.regions)}")
        self.stdout.write(f"  receipts: {words.fingerprint(root.from_text(found.receipt_key))}")
        file = (options["root"] / PRIVATE).read_text(encoding="utf-8")
        first = self._ask("Passphrase of the first holder: ")
        second = self._ask("Passphrase of the second holder: ")
        _write(options["out"], root.sign_list(root.open_root_file(file, first, second), text))
        self.stdout.write(
            f"{options['out']} is written. Carry it to the server: waywatch list install {options['out'].name}"
        )

    def _show(self, options: dict[str, Any]) -> None:
        public = root.from_text((options["root"] / PUBLIC).read_text(encoding="utf-8").strip())
        self.stdout.write(words.fingerprint(public))

    def _ask(self, prompt: str) -> str:
        return getpass.getpass(prompt)


def _write(file: Path, text: str) -> None:
    """Write a file that only its owner reads, and never over another one."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
