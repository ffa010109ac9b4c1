"""`waywatch worker`: runs jobs and mails, and seals the audit log, until told to stop. Runs as the worker role."""

import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from waywatch.audit import api as audit
from waywatch.delivery import api as delivery
from waywatch.project.housekeeping import keep_tidy

SEALER_STOPS_WITHIN = 10.0


class Command(BaseCommand):
    help = "Run jobs and mails and seal the audit log. Stops at SIGTERM or SIGINT, once the jobs in hand are done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="How many jobs at the same time.")
        parser.add_argument(
            "--stalled-after",
            type=float,
            default=30.0,
            metavar="SECONDS",
            help="A worker silent for so long counts as killed, and its jobs are put back.",
        )
        parser.add_argument("--once", action="store_true", help="Stop when no job is due.")

    def handle(self, **options: Any) -> None:
        stop = threading.Event()
        sealer = threading.Thread(target=audit.run_sealer, args=(stop,), name="audit-sealer")
        tidier = threading.Thread(target=keep_tidy, args=(stop,), name="housekeeping")
        for thread in (sealer, tidier):
            thread.start()
        try:
            delivery.run_worker(
                concurrency=options["concurrency"], stalled_after=options["stalled_after"], once=options["once"]
            )
        finally:
            stop.set()
            for thread in (sealer, tidier):
                thread.join(SEALER_STOPS_WITHIN)
