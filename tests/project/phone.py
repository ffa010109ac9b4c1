"""A phone at a running service: it seals to the desk of the signed list, and calls a tip sent when the receipt's signature holds."""

import hashlib
import http.client
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from tests.tips.sealed import Sending
from waywatch.vault import api as vault

SEALED = "application/octet-stream"
GIVE_UP_SECONDS = 10.0
AGAIN_SECONDS = 0.2


@dataclass(frozen=True)
class Reply:
    """What the server said to something that a phone sent. `body` is empty where it is no JSON."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Phone:
    """A browser's part of decision 0008, at a port of this machine. It keeps no cookie."""

    port: int
    keyring: uuid.UUID
    version: int
    public: bytes
    receipt_key: bytes

    def sealed(self, **changed: Any) -> Sending:
        """Return what is to be sealed: the seed story, unless something of it is changed."""
        return Sending(self.keyring, self.public, self.version, **changed)

    def send(self, tip_id: uuid.UUID, raw: bytes) -> Reply:
        """Try once. Raises OSError or HTTPException where nobody answers."""
        return ask(self.port, "PUT", f"/notice/tips/{tip_id}", raw)

    def deliver(self, tip_id: uuid.UUID, raw: bytes, *, deadline: float) -> int:
        """Send the same bytes until a receipt for them holds, as a phone does; return how many tries it took.

        A server that is not there or has a fault (5xx) is tried again until the deadline. Any other answer is an error of this test.
        """
        tries = 0
        while time.monotonic() < deadline:
            tries += 1
            try:
                reply = self.send(tip_id, raw)
            except (OSError, http.client.HTTPException):
                reply = Reply(503, {})
            if self.is_receipt(reply, tip_id, raw):
                return tries
            assert reply.status >= 500, f"not sent, and no use to try again: {reply}"
            time.sleep(AGAIN_SECONDS)
        raise AssertionError(f"{tip_id} was not sent in {tries} tries")

    def is_receipt(self, reply: Reply, tip_id: uuid.UUID, raw: bytes) -> bool:
        """Tell whether an answer is the server's word that it has exactly these bytes."""
        if reply.status not in {200, 201}:
            return False
        digest = hashlib.sha256(raw).digest()
        message = b"waywatch receipt v1\0" + tip_id.bytes + digest + int(reply.body["hour"]).to_bytes(4, "big")
        return vault.is_signed_by(self.receipt_key, vault.from_text(reply.body["signature"]), message)


def phone_at(port: int) -> Phone:
    """Return a phone that has read the list of desks; the demonstration has one desk."""
    said = json.loads(vault.from_text(ask(port, "GET", "/notice/desks/", b"").body["list"]))
    [desk] = said["desks"]
    return Phone(
        port,
        uuid.UUID(desk["keyring"]),
        desk["key_version"],
        vault.from_text(desk["key"]),
        vault.from_text(said["receipt_key"]),
    )


def ask(port: int, method: str, path: str, raw: bytes, kind: str = SEALED) -> Reply:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_SECONDS)
    try:
        connection.request(method, path, raw, {"Host": f"localhost:{port}", "Content-Type": kind})
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    is_json = answer.headers.get_content_type() == "application/json"
    return Reply(answer.status, json.loads(said) if is_json else {})
