"""What a restored backup must not go on with by itself: referrals under way, and sign-ins."""

from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand

from waywatch.lib.actors import Actor, acting_as
from waywatch.referrals import api as referrals


class Command(BaseCommand):
    help = "Take back the referrals that were under way when the backup was made, and end every sign-in of that day."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with acting_as(Actor.system("restore")):
            taken_back = referrals.take_back_after_restore()
        ended, _ = Session.objects.all().delete()
        self.stdout.write(f"Referrals taken back: {taken_back}. Sign-ins ended: {ended}.")
