"""What a person can do wrong with keys, each with a stable code."""

from waywatch.lib.errors import InvalidError, RefusedError


class WeakPassphraseError(InvalidError):
    """The passphrase is too easy to guess."""

    code = "weak_passphrase"


class WrongPassphraseError(InvalidError):
    """The passphrase or recovery key does not open the key."""

    code = "wrong_passphrase"


class TooManyTriesError(InvalidError):
    """Too many wrong passphrases: one has to wait."""

    code = "too_many_tries"


class LockedError(RefusedError):
    """The keys are locked: unlock first."""

    code = "locked"


class EscrowRefusedError(RefusedError):
    """What should come out of escrow, or back from it, is not what it has to be."""

    code = "escrow_refused"


class KeyMissingError(RefusedError):
    """The actor holds no key that opens this."""

    code = "key_missing"


class NotReadyError(InvalidError):
    """Something has to be there first: a member's own key, a second colleague."""

    code = "not_ready"


class KeeperOnlyError(RefusedError):
    """Only somebody who keeps the keyring may do this."""

    code = "keeper_only"


class ListRefusedError(InvalidError):
    """A list of desks is not what it must be: its form, its signature, its dates."""

    code = "list_refused"


class DemoKeyringError(RefusedError):
    """Keyrings of the demonstration stand where they must not: the start is stopped."""

    code = "demo_keyrings"
