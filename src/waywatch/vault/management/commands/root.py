"""`waywatch root …`: the offline root. It needs no database and no network; run it on a machine that never goes online."""

import argparse
import getpass
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waywatch.lib.errors import WaywatchError
from waywatch.lib.text import made_visible
from waywatch.vault import changes, documents, escrow, root, words
from waywatch.vault.passphrase import check_passphrase, normal

PRIVATE, PUBLIC = "root-key.json", "root-public.txt"
ESCROW_PRIVATE, ESCROW_PUBLIC = "escrow-key.json", "escrow-public.txt"


class Command(BaseCommand):
    help = "Make the offline root, and sign with it what phones and desks trust. Two holders, each with a passphrase of their own."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="make the root key")
        create.add_argument(
            "--out", type=Path, required=True, metavar="FOLDER", help="an empty folder, on two media later"
        )
        sign = acts.add_parser("sign", help="sign the lists of desks, of agencies and of policies")
        sign.add_argument("lists", type=Path, metavar="LISTS")
        sign.add_argument("--root", type=Path, required=True, metavar="FOLDER", help="where root-key.json lies")
        sign.add_argument("--out", type=Path, required=True, metavar="SIGNED")
        escrow_key = acts.add_parser("escrow", help="make the escrow key, for the same two holders")
        escrow_key.add_argument("--out", type=Path, required=True, metavar="FOLDER")
        release = acts.add_parser("release", help="open a team's escrow copies and seal them to one person")
        release.add_argument("copies", type=Path, metavar="COPIES")
        release.add_argument("--escrow", type=Path, required=True, metavar="FOLDER", help="where escrow-key.json lies")
        release.add_argument("--out", type=Path, required=True, metavar="RELEASED")
        show = acts.add_parser("show", help="print the words of the root's public key")
        show.add_argument("--root", type=Path, required=True, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            acts = {"create": self._create, "escrow": self._escrow, "sign": self._sign, "release": self._release}
            acts.get(options["act"], self._show)(options)
        except (WaywatchError, FileExistsError) as error:
            raise CommandError(str(error)) from error

    def _create(self, options: dict[str, Any]) -> None:
        self._make(options["out"], PRIVATE, PUBLIC, root.PURPOSE, "The words of the root:")

    def _escrow(self, options: dict[str, Any]) -> None:
        self._make(options["out"], ESCROW_PRIVATE, ESCROW_PUBLIC, escrow.PURPOSE, "The words of the escrow key:")

    def _make(self, folder: Path, private: str, public_name: str, purpose: bytes, said: str) -> None:
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
        text, public = root.new_root_file(phrases[0], phrases[1], purpose=purpose)
        _write(folder / private, text)
        _write(folder / public_name, root.to_text(public) + "\n")
        self.stdout.write(f"{folder / private} and {folder / public_name} are written. {said}")
        self.stdout.write(f"\n  {words.fingerprint(public)}\n")

    def _sign(self, options: dict[str, Any]) -> None:
        texts = documents.texts_of(options["lists"].read_bytes())
        self._show_desks(documents.read_desks(texts[root.DESKS]))
        self._show_referrals(documents.read_referrals(texts[root.REFERRALS]))
        file = (options["root"] / PRIVATE).read_text(encoding="utf-8")
        first = self._ask("Passphrase of the first holder: ")
        second = self._ask("Passphrase of the second holder: ")
        _write(options["out"], root.sign_lists(root.open_root_file(file, first, second), texts))
        self.stdout.write(
            f"{options['out']} is written. Carry it to the server: waywatch list install {options['out'].name}"
        )

    def _show_desks(self, found: documents.DeskList) -> None:
        self.stdout.write(
            f"Issued {found.issued:%Y-%m-%d %H:%M} UTC, expires {found.expires:%Y-%m-%d}. Compare every line."
        )
        self.stdout.write("What phones trust:")
        for desk in found.desks:
            self._show_key(desk)
            self.stdout.write(
                f"    serves {', '.join(desk.regions)}{'; a copy is kept in escrow' if desk.escrow else ''}"
            )
        if found.escrow_key:
            self.stdout.write(f"  escrow: {words.fingerprint(root.from_text(found.escrow_key))}")
        self.stdout.write(f"  receipts: {words.fingerprint(root.from_text(found.receipt_key))}")

    def _show_referrals(self, found: documents.ReferralList) -> None:
        self.stdout.write(f"What desks trust, until {found.expires:%Y-%m-%d}:")
        for agency in found.agencies:
            self._show_key(agency)
            self.stdout.write(f"    in {agency.home}")
        for entry in found.policies:
            self.stdout.write(f"  {changes.policy_words(entry)}")

    def _show_key(self, entry: documents.DeskEntry | documents.AgencyEntry) -> None:
        self.stdout.write(f"  {entry.name}: key {entry.key_version}, with the words")
        self.stdout.write(f"    {words.fingerprint(root.from_text(entry.key))}")

    def _release(self, options: dict[str, Any]) -> None:
        copies = escrow.read_copies(options["copies"].read_text(encoding="utf-8"))
        self.stdout.write(
            f"Keys of {made_visible(copies.name)}: {', '.join(str(each.number) for each in copies.copies)}. They go to:"
        )
        self.stdout.write(f"\n  {words.fingerprint(root.from_text(copies.member_key))}\n")
        self.stdout.write("Call the person at a number that you know, and let them read these eight words.")
        file = (options["escrow"] / ESCROW_PRIVATE).read_text(encoding="utf-8")
        first = self._ask("Passphrase of the first holder: ")
        second = self._ask("Passphrase of the second holder: ")
        private = root.open_root_file(file, first, second, purpose=escrow.PURPOSE)
        _write(options["out"], escrow.release(copies, private))
        self.stdout.write(
            f"{options['out']} is written. Carry it to the server: waywatch escrow install {options['out'].name}"
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
