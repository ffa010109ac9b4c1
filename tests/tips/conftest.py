"""What the tests of tips share: a desk with a team, as the vault's tests make it."""

from tests.vault.conftest import _cheap, team

__all__ = ["_cheap", "team"]
