"""A thief with every row of every table and the keys of the server: what can be opened with them, and with a passphrase more."""

import base64
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.rows import dict_row

from waywatch.delivery import smtp
from waywatch.lib import fieldcrypt
from waywatch.referrals import models
from waywatch.vault import passphrase, receipts, sealing
from waywatch.vault.errors import WrongPassphraseError

PURPOSES = (models.NAME, models.PHONE, smtp.RECIPIENT, smtp.CONTENT)
KEY_CELL = 300  # bytes: longer cells are texts under a key, and hold none
Rows = dict[str, list[dict[str, Any]]]


def dump(url: str) -> Rows:
    """Return every row of every table, as whoever makes the backups reads them."""
    with psycopg.connect(url, row_factory=dict_row) as thief:
        names = thief.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [row["tablename"] for row in names]
        return {
            name: thief.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall() for name in tables
        }


def sealed_texts(rows: Rows) -> Iterator[tuple[bytes, bytes]]:
    """Return what is sealed to a public key, each with what it is bound to."""
    versions = {row["id"]: row["keyring_id"].bytes + row["number"].to_bytes(4) for row in rows["vault_keyversion"]}
    for row in rows["vault_share"]:
        yield row["sealed"], b"waywatch share v1\0" + versions[row["version_id"]]
    for row in rows["tips_contentkey"]:
        yield row["sealed"], b"waywatch content key v1\0" + row["tip_id"].bytes
    for row in rows["tips_sealed"]:
        yield row["body"][87:], b"waywatch tip v1\0" + row["body"][:87]
    for row in rows["referrals_handover"]:
        yield row["sealed"] or b"", b"waywatch handover v1\0" + row["id"].bytes
    for row in rows["referrals_update"]:
        bound = row["handover_id"].bytes + row["id"].bytes + row["kind"].encode()
        yield row["to_desk"], b"waywatch update to desk v1\0" + bound
        yield row["to_agency"], b"waywatch update to agency v1\0" + bound


def locked_texts(rows: Rows) -> Iterator[tuple[bytes, bytes]]:
    """Return what is under the key of a tip's content, each with what it is bound to."""
    for row in rows["tips_sealed"]:
        yield row["body"], b"waywatch content v1\0" + row["tip_id"].bytes
    for row in rows["tips_entry"]:
        yield row["locked"], b"waywatch entry v1\0" + row["tip_id"].bytes + row["id"].bytes + row["kind"].encode()
    for row in rows["referrals_referral"]:
        yield row["locked"], b"waywatch approval v1\0" + row["id"].bytes
    for row in rows["referrals_handover"]:
        yield row["call"] or b"", b"waywatch call v1\0" + row["id"].bytes


def attack(rows: Rows, keys: Iterable[bytes]) -> list[bytes]:
    """Return everything that opens: try these keys, then every key that was found thereby, until there is no new one."""
    found: list[bytes] = []
    waiting, tried = set(keys), set[bytes]()
    sealed, locked = list(sealed_texts(rows)), list(locked_texts(rows))
    while waiting:
        key = waiting.pop()
        tried.add(key)
        new = [text for blob, bound in sealed for text in attempt(sealing.open_sealed, key, blob, info=bound)]
        new += [text for blob, bound in locked for text in attempt(sealing.unlock, key, blob, bound_to=bound)]
        waiting |= {text for text in new if len(text) == 32} - tried
        found += new
    return found


def attempt(open_it: Callable[..., bytes], key: bytes, blob: bytes, **bound: bytes) -> list[bytes]:
    try:
        return [open_it(key, blob, **bound)]
    except sealing.SealError:
        return []


def keys_at_hand(rows: Rows) -> set[bytes]:
    """Return every 32 bytes that could be a key: what SECRET_KEY gives, the receipt key, and each cut of a short cell."""
    secret = settings.SECRET_KEY.encode()
    salts, purposes = (
        (b"", b"waywatch.tips", fieldcrypt.SALT, receipts.SALT),
        (b"", b"look-up token v1", receipts.PURPOSE),
    )
    derived = {sealing.derive(secret, salt=salt, purpose=purpose) for salt in salts for purpose in purposes}
    short = [cell for cell in cells(rows) if isinstance(cell, bytes) and len(cell) < KEY_CELL]
    cuts = {cell[start : start + 32] for cell in short for start in range(len(cell) - 31)}
    return cuts | derived | {secret[:32], receipts._pair(settings.SECRET_KEY).private}


def own_keys(rows: Rows, phrases: Iterable[str]) -> Iterator[bytes]:
    """Return each person's own key that one of these passphrases opens."""
    members = {row["id"]: row["account_id"].bytes + row["public_key"] for row in rows["vault_memberkey"]}
    for phrase in phrases:
        for wrap in rows["vault_wrap"]:
            try:
                yield passphrase.unwrap(wrap["by_passphrase"], phrase, belongs_to=members[wrap["member_key_id"]])
            except WrongPassphraseError:
                continue


def cells(rows: Rows) -> list[Any]:
    return [cell for table in rows.values() for row in table for cell in row.values()]


def readable(rows: Rows) -> bytes:
    """Return the whole dump as it stands, and every field that SECRET_KEY decrypts."""
    texts = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells(rows)]
    for cell in list(texts):
        for purpose in PURPOSES if cell.startswith(b"gAAAA") else ():
            try:
                texts.append(fieldcrypt.decrypt(cell, purpose=purpose).encode())
            except fieldcrypt.UnreadableError:
                continue
    return b"\n".join(texts)


def forms(words: str) -> set[bytes]:
    """Return words as they may stand in a dump: raw, UTF-16, hex, and base64 wherever in a text they begin."""
    raw, wide = words.encode(), words.encode("utf-16-le")
    cut = [base64.b64encode(b"\0" * ahead + raw)[ahead + 2 : -4] for ahead in range(3)]
    return {raw, wide, raw.hex().encode(), raw.hex().upper().encode(), *cut}
