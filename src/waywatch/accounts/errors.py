"""What a person can do wrong with accounts, each with a stable code."""

from waywatch.lib.errors import InvalidError, RefusedError, WaywatchError


class NotYoursToGiveError(RefusedError):
    """The actor may not give this role at this place, or not for so long."""

    code = "not_yours_to_give"


class NotYoursToRevokeError(RefusedError):
    """The actor sees the grant but may not revoke it."""

    code = "not_yours_to_revoke"


class CodeUsedError(RefusedError):
    """An authenticator's code was used already."""

    code = "code_used"


class InvitationClosedError(RefusedError):
    """The invitation does not exist, or was used, withdrawn or has run out: all four read the same."""

    code = "invitation_closed"


class AccountExistsError(InvalidError):
    """Somebody has an account under this address already."""

    code = "account_exists"


class AlreadyGivenError(InvalidError):
    """The account holds this role at this place already, or an invitation is open."""

    code = "already_given"


class DemoAccountError(WaywatchError):
    """Demonstration accounts stand where they must not: the start is stopped."""

    code = "demo_accounts"
