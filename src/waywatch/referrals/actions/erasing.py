"""What goes with a tip whose content was destroyed: what was approved, every copy, every word between desk and agency."""

from waywatch.referrals.models import Handover, Referral, Update
from waywatch.tips import api as tips


def erase(fact: tips.TipErased) -> None:
    """Empty all that is sealed in the referrals of a tip. That there were some stays."""
    of_tip = list(Referral.objects.filter(tip_id=fact.tip_id).order_by().values_list("pk", flat=True))
    handovers = list(Handover.objects.filter(referral_id__in=of_tip).order_by().values_list("pk", flat=True))
    Referral.objects.filter(pk__in=of_tip).update(locked=b"")
    Handover.objects.filter(pk__in=handovers).update(sealed=None, call=None)
    updates = Update.objects.filter(handover_id__in=handovers)
    updates.filter(agency_version__isnull=False).update(to_agency=b"")
    updates.update(to_desk=b"")
