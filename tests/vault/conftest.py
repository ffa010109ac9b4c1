"""What the tests of the vault share: cheap passphrases, for a guess costs 64 MiB and a tenth of a second on purpose."""

from collections.abc import Iterator

import pytest

from tests.cast import Member
from tests.vault.world import Team, desk_facts, found, set_up, unlocked
from waywatch.lib.actors import acting_as
from waywatch.vault import passphrase
from waywatch.vault.passphrase import Cost


@pytest.fixture(scope="session", autouse=True)
def _cheap() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(passphrase, "COST", Cost(memory_kib=64, time=1, lanes=1))
    patch.setattr(passphrase, "MOST_MEMORY_KIB", 1024)
    yield
    patch.undo()


@pytest.fixture
def team(administrator: Member, advocate: Member, second_advocate: Member, supervisor: Member) -> Team:
    """A desk of three, each with a key of their own, and a first version that all three hold."""
    from waywatch.vault.actions import members

    set_up(advocate, second_advocate, supervisor)
    keyring = found(administrator, desk_facts(), advocate, second_advocate)
    key = unlocked(advocate)
    with acting_as(advocate.actor):
        newcomer = members.find_newcomer(advocate.actor, keyring=keyring, email=supervisor.account.email)
        members.add_member(advocate.actor, keyring=keyring, newcomer=newcomer, unlocked=key, is_keeper=False)
    people = [advocate, second_advocate, supervisor]
    return Team(keyring, advocate, second_advocate, supervisor, administrator, people)
