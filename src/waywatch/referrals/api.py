"""What other rooms may use of referrals: the trusted contacts of the demonstration, and the handlers of facts, and how a tip stands."""

from waywatch.referrals.actions.erasing import erase
from waywatch.referrals.actions.referring import refuse_while_under_way, stop_for_consent, take_back_after_restore
from waywatch.referrals.demo import create_demo_contacts
from waywatch.referrals.waiting import ELSEWHERE

__all__ = [
    "ELSEWHERE",
    "create_demo_contacts",
    "erase",
    "refuse_while_under_way",
    "stop_for_consent",
    "take_back_after_restore",
]
