"""What can go wrong with a referral, as sentences for the person in front of it."""

from waywatch.lib.errors import InvalidError, RefusedError


class NotAllowedError(RefusedError):
    """The policy does not let this go, or not this much of it."""

    code = "not_allowed"


class TooLateError(RefusedError):
    """It was answered already, or its time has run out."""

    code = "too_late"


class UnreadableError(RefusedError):
    """Something sealed does not open: it was changed, or is for another key."""

    code = "unreadable"


class UnsignedError(RefusedError):
    """The holders of the offline root have not signed the policy by which the desk decides."""

    code = "unsigned"


class UnreviewedError(RefusedError):
    """Nobody has reviewed the policy pack: production does not work by it."""

    code = "unreviewed"


class NotPermittedError(InvalidError):
    """The agency has not permitted to tell the reporter this."""

    code = "not_permitted"
