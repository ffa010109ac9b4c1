"""The trusted contacts of the demonstration: invented posts in Texas, the first with a keyring, the second by phone (a number of films)."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.referrals.models import TrustedContact
from waywatch.vault import api as vault

TEXAS = "US-TX"
VERIFIED_AGO = dt.timedelta(days=20)


def create_demo_contacts(actor: Actor) -> None:
    """Make the demo desk's trusted contacts that are not there yet. The system's task, in a demonstration only."""
    pair = vault.demo_teams(actor) if settings.DEMO or settings.MODE == "test" else None
    if pair is None or TrustedContact.objects.filter(desk_id=pair[0]).exists():
        return
    desk, agency = pair
    verified = (clock.now() - VERIFIED_AGO).date()
    facts = {"desk_id": desk, "region_id": TEXAS, "timezone": "America/Chicago", "verified_on": verified}
    sheriff = TrustedContact(order=1, agency_id=agency, **facts)
    sheriff.name, sheriff.phone = "Demo sheriff, Reeves County", "432-555-0100"
    sheriff.county_code = "US-48389"
    attorney = TrustedContact(order=2, **facts)
    attorney.name, attorney.phone = "Demo attorney general, night line", "512-555-0199"
    with transaction.atomic():
        sheriff.save()
        attorney.save()
