"""What this room keeps: tips with their sealed content, and what is handed on of them."""

from waywatch.tips.models.referrals import Answer, Contact, Ending, Handover, Referral
from waywatch.tips.models.tips import ContentKey, Entry, EntryKind, Sealed, Tip

__all__ = ["Answer", "Contact", "ContentKey", "Ending", "Entry", "EntryKind", "Handover", "Referral", "Sealed", "Tip"]
