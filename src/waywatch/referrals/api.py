"""What other rooms may use of referrals: the trusted contacts of the demonstration, and the handler of a fact."""

from waywatch.referrals.actions.referring import stop_for_consent
from waywatch.referrals.demo import create_demo_contacts

__all__ = ["create_demo_contacts", "stop_for_consent"]
