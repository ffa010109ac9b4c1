"""What the tests of the vault share: cheap passphrases, for a guess costs 64 MiB and a tenth of a second on purpose."""

from collections.abc import Iterator

import pytest

from waywatch.vault import passphrase
from waywatch.vault.passphrase import Cost


@pytest.fixture(scope="session", autouse=True)
def _cheap() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(passphrase, "COST", Cost(memory_kib=64, time=1, lanes=1))
    patch.setattr(passphrase, "MOST_MEMORY_KIB", 1024)
    yield
    patch.undo()
