"""The command line: `waywatch COMMAND`. Each command runs as the database role it needs, on the embedded server or your own."""

import os
import sys
from collections.abc import Callable, Sequence

from waywatch.lib.errors import WaywatchError
from waywatch.postgres import api as postgres
from waywatch.project import service, upkeep
from waywatch.project.database import database

Command = Callable[[Sequence[str]], int]
OWN: dict[str, tuple[Command, str]] = {
    "demo": (service.demo, "prepare a demonstration with published data and run it"),
    "run": (service.run, "run the web server and the worker"),
    "migrate": (service.migrate, "prepare or upgrade the database, and load the reference places"),
    "backup": (upkeep.backup, "write a backup: backup FILE"),
    "restore": (upkeep.restore, "restore a backup into an empty database: restore FILE"),
    "doctor": (upkeep.doctor, "examine this installation and say what to mend"),
    "root": (service.root, "the offline root: root create | sign | show | escrow | release; needs no database"),
    "database-roles": (upkeep.database_roles, "prepare the roles in your own PostgreSQL, and print their addresses"),
}
DJANGO: dict[str, tuple[str, str]] = {
    "load-builds": ("owner", "load published builds: load-builds FILE"),
    "load-annual": ("owner", "load published yearly figures: load-annual FILE"),
    "load-places": ("owner", "load or refresh the reference places"),
    "annual-report": ("owner", "print a year's report: annual-report YEAR [--json] [--pdf FILE] [--lang en|fr|es]"),
    "invite-administrator": ("owner", "invite the first administrator: invite-administrator EMAIL NAME"),
    "audit": ("owner", "audit verify | audit checkpoint: prove the log whole"),
    "list": ("owner", "what phones trust: list prepare | list install SIGNED"),
    "escrow": ("owner", "a team's keys from escrow: escrow export KEYRING --for EMAIL | escrow install RELEASED"),
    "worker": ("worker", "run jobs, mails and the sealer of the audit log"),
    "demo-codes": ("owner", "print the demo sign-ins with the codes of this half minute"),
}


def main() -> None:
    """Run the command in sys.argv and exit with its code."""
    arguments = sys.argv[1:] or ["help"]
    try:
        code = _run(arguments[0], arguments[1:])
    except (postgres.PostgresError, WaywatchError) as error:
        sys.stderr.write(f"waywatch: {error}\n")
        code = 1
    except OSError as error:
        if not error.filename:
            raise
        sys.stderr.write(f"waywatch: {error.filename}: {error.strerror}. Check the name, and who may use it.\n")
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _run(name: str, rest: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waywatch.project.settings")
    if name in {"help", "--help", "-h"}:
        return _help()
    if name not in OWN and name not in DJANGO:
        sys.stderr.write(f"waywatch: there is no command “{name}”.\n\n")
        _help()
        return 2
    if name in OWN:
        return OWN[name][0](rest)
    with database() as address:
        return service.django_command(name, rest, address(DJANGO[name][0]))


def _help() -> int:
    sys.stdout.write("Waywatch runs a Coalition Build from end to end.\n\n")
    words = {name: text for name, (_, text) in OWN.items()} | {name: text for name, (_, text) in DJANGO.items()}
    for name, text in words.items():
        sys.stdout.write(f"  waywatch {name:<20} {text}\n")
    sys.stdout.write(
        "\nWAYWATCH_DATA is where this installation keeps its data (default: var). docs/reference/settings.md has the rest.\n"
    )
    return 0
