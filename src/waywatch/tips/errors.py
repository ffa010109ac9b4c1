"""What can go wrong at the desk, as sentences for the person in front of it."""

from waywatch.lib.errors import InvalidError, RefusedError


class ClaimedError(RefusedError):
    """Somebody else works on this tip."""

    code = "claimed"


class ClosedError(RefusedError):
    """The tip is finished."""

    code = "closed"


class ErasedError(RefusedError):
    """The content was destroyed: nobody can open it any more."""

    code = "erased"


class SupervisorOnlyError(RefusedError):
    """Only a supervisor of the desk decides this."""

    code = "supervisor_only"


class ReasonNeededError(InvalidError):
    """Who opens what a colleague works on says why."""

    code = "reason_needed"


class SecondNeededError(RefusedError):
    """So many that are not one's own are opened with a second person only."""

    code = "second_needed"


class NoReplyKeyError(RefusedError):
    """The tip came without a key of its reporter."""

    code = "no_reply_key"


class JoinedError(RefusedError):
    """These tips cannot be joined, or are not."""

    code = "joined"


class UnreadableError(RefusedError):
    """The seal does not open: it was changed on its way, or made for another key."""

    code = "unreadable"
