"""What other rooms may use of referrals: the trusted contacts of the demonstration, and the handlers of facts."""

from waywatch.referrals.actions.erasing import erase
from waywatch.referrals.actions.referring import refuse_while_under_way, stop_for_consent, take_back_after_restore
from waywatch.referrals.demo import create_demo_contacts

__all__ = ["create_demo_contacts", "erase", "refuse_while_under_way", "stop_for_consent", "take_back_after_restore"]
