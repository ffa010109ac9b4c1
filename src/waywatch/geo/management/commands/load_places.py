"""`waywatch load-places`: bring the reference places up to date. Run as the database owner."""

from typing import Any

from django.core.management.base import BaseCommand

from waywatch.geo import api
from waywatch.lib.actors import Actor, acting_as


class Command(BaseCommand):
    help = "Load countries, regions, counties, ZIP codes, agencies and places from the published files"

    def handle(self, *_args: Any, **_options: Any) -> None:
        with acting_as(Actor.system("load-places")):
            summary = api.load_reference(progress=self.stdout.write)
        for gap, count in summary.gaps.items():
            self.stdout.write(f"  {count} {gap}")
        state = "unchanged" if summary.unchanged else "loaded"
        self.stdout.write(f"Reference places {state} in {summary.seconds:.1f} s.")
