"""Which room handles which fact. The one place; docs/reference/facts.md is its list."""

from waywatch.lib import facts
from waywatch.referrals import api as referrals
from waywatch.tips import api as tips


def wire() -> None:
    """Wire every fact to its handler."""
    facts.wire(tips.ConsentRefused, referrals.stop_for_consent)
    facts.wire(tips.TipErased, referrals.erase)
