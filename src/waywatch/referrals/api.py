"""What other rooms may use of referrals: the trusted contacts of the demonstration."""

from waywatch.referrals.demo import create_demo_contacts

__all__ = ["create_demo_contacts"]
