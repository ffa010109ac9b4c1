"""What can be wrong with a policy, each with a stable code."""

from waywatch.lib.errors import InvalidError


class PackRefusedError(InvalidError):
    """A pack is not what it must be. The sentence is for whoever writes it, and in English (decision 0006)."""

    code = "pack_refused"


class UnknownValueError(InvalidError):
    """A case names a value that is not one of its input's."""

    code = "unknown_value"


class ReplayError(InvalidError):
    """A stored decision cannot be worked out again, or comes out otherwise."""

    code = "replay"
