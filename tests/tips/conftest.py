"""What the tests of tips share: a desk with a team, as the vault's tests make it; and a whole world of referrals."""

from tests.referrals.conftest import world
from tests.vault.conftest import _cheap, team

__all__ = ["_cheap", "team", "world"]
