"""An attack: all tables of the vault and SECRET_KEY are in the thief's hands. Without a passphrase nothing of it opens anything."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.cast import Member
from tests.vault.world import Team, key_in_use, phrase_of, unlocked
from waywatch.lib import fieldcrypt
from waywatch.lib.actors import acting_as
from waywatch.vault import passphrase, receipts, sealing
from waywatch.vault.errors import WrongPassphraseError
from waywatch.vault.sealing import SealError
from waywatch.vault.unlocked import share_info

CANARY = b"canary-9d41c8f0 at the pumps"
INFO = b"waywatch tip v1\0header"


def dump(*people: Member) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the vault's tables: what each person's view shows, put together."""
    tables: dict[str, set[tuple[Any, ...]]] = {}
    for person in people:
        with acting_as(person.actor), connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'vault\\_%%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"SELECT * FROM {name}")
                rows = {
                    tuple(str(each) if isinstance(each, list) else each for each in row) for row in cursor.fetchall()
                }
                tables.setdefault(name, set()).update(rows)
    return {name: list(rows) for name, rows in tables.items()}


def blobs(tables: dict[str, list[tuple[Any, ...]]]) -> list[bytes]:
    """Return everything binary in the dump, and every cut of it that could be a key."""
    whole = [
        bytes(cell) for rows in tables.values() for row in rows for cell in row if isinstance(cell, bytes | memoryview)
    ]
    return whole + [blob[start : start + 32] for blob in whole for start in range(max(0, len(blob) - 31))]


@pytest.fixture
def stolen(team: Team) -> tuple[dict[str, list[tuple[Any, ...]]], bytes]:
    key = key_in_use(team.keyring.pk)
    assert key is not None
    return dump(*team.people, team.administrator), sealing.seal(key.public, CANARY, info=INFO)


def test_a_stolen_dump_with_the_secret_key_and_no_passphrase_opens_nothing(
    team: Team, stolen: tuple[dict[str, list[tuple[Any, ...]]], bytes]
) -> None:
    tables, sealed = stolen
    assert (len(tables["vault_wrap"]), len(tables["vault_share"]), len(tables["vault_memberkey"])) == (3, 3, 3)
    secret = settings.SECRET_KEY.encode()
    derived = [
        secret,
        secret[:32],
        receipts._pair(settings.SECRET_KEY).private,
        *(sealing.derive(secret, salt=salt, purpose=b"") for salt in (b"", fieldcrypt.SALT, receipts.SALT)),
    ]
    candidates = {blob for blob in [*blobs(tables), *derived] if len(blob) == 32}
    assert len(candidates) > 500
    for private in candidates:
        with pytest.raises(SealError):
            sealing.open_sealed(private, sealed, info=INFO)
    for blob in (each for each in blobs(tables) if len(each) != 32):
        assert CANARY not in blob
        for purpose in ("vault", "accounts.second-factor", "directory.contact"):
            with pytest.raises(fieldcrypt.UnreadableError):
                fieldcrypt.decrypt(blob, purpose=purpose)


def test_the_attack_works_where_a_passphrase_is_known(
    team: Team, stolen: tuple[dict[str, list[tuple[Any, ...]]], bytes]
) -> None:
    """The same dump with one passphrase opens the tip: so the attack above fails for want of it, and for nothing else."""
    tables, sealed = stolen
    account = team.first.account.pk
    [(key_id, public)] = [
        (row[0], next(cell for cell in row if isinstance(cell, memoryview | bytes)))
        for row in tables["vault_memberkey"]
        if account in row
    ]
    [wrap] = [row for row in tables["vault_wrap"] if key_id in row]
    wraps = [bytes(cell) for cell in wrap if isinstance(cell, memoryview | bytes)]
    owner = account.bytes + bytes(public)
    private = None
    for blob in wraps:
        try:
            private = passphrase.unwrap(blob, phrase_of(team.first), belongs_to=owner)
        except WrongPassphraseError:
            continue
    assert private == unlocked(team.first).private
    [share] = [row for row in tables["vault_share"] if key_id in row]
    sealed_share = next(bytes(cell) for cell in share if isinstance(cell, memoryview | bytes))
    version = sealing.open_sealed(private, sealed_share, info=share_info(team.keyring.pk, 1))
    assert sealing.open_sealed(version, sealed, info=INFO) == CANARY


def test_no_private_key_stands_readable_in_any_table(
    team: Team, stolen: tuple[dict[str, list[tuple[Any, ...]]], bytes]
) -> None:
    tables, _ = stolen
    found = b"".join(blobs(tables)) + str(tables).encode()
    for person in team.people:
        key = unlocked(person)
        with acting_as(person.actor):
            privates = [key.private, key.version_key(team.keyring.pk, 1)]
        for private in privates:
            assert private not in found
            assert private.hex().encode() not in found
