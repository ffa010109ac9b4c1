"""Which room handles which fact, and who answers what a room below asks. The one place; docs/reference/facts.md is its list."""

from waywatch.lib import facts
from waywatch.referrals import api as referrals
from waywatch.tips import api as tips
from waywatch.vault import api as vault


def wire() -> None:
    """Wire every fact to its handler, and the one question to who answers it."""
    facts.wire(tips.ConsentRefused, referrals.stop_for_consent)
    facts.wire(tips.TipErased, referrals.erase)
    facts.wire(tips.TipFinishing, referrals.refuse_while_under_way)
    facts.wire(vault.VersionGoing, tips.refuse_while_needed)
    tips.ask_elsewhere(referrals.ELSEWHERE)
