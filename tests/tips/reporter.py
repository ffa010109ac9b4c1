"""Somebody who has sent a tip and has its receipt words, from the words of decision 0011 and not from the code that it tests."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests.tips.sealed import Sending
from waywatch.vault import api as vault
from waywatch.vault import sealing

SEALED = "application/octet-stream"
WORDS = "Was the van still there when you left?"
REPLY = "Yes, behind pump 7."


@dataclass
class Reporter:
    """Somebody who sent a tip and has its receipt words."""

    sending: Sending
    keys: sealing.KeyPair

    def looks(self) -> dict[str, Any]:
        """Ask with the words, and open what is sealed to them."""
        return self.reads(Client().post("/notice/state/", self.sending.token, content_type=SEALED).content)

    def reads(self, told: bytes) -> dict[str, Any]:
        """Open what the server told."""
        word, question_id, state, question = told[:8].rstrip(b"\0").decode(), told[8:24], told[24:185], told[185:]
        if word != "sealed":
            return {"state": word}
        opened = sealing.open_sealed(self.keys.private, state, info=b"waywatch state v1\0" + self.sending.token)
        said: dict[str, Any] = json.loads(opened)
        if said["asked"]:
            padded = sealing.open_sealed(self.keys.private, question, info=b"waywatch question v1\0" + question_id)
            said |= json.loads(vault.unpad(padded, smallest=4096)) | {"id": str(uuid.UUID(bytes=question_id))}
        return said

    def envelope(self, question: str, text: object = REPLY, **changed: Any) -> bytes:
        """Return an answer as a phone makes it, from the words of decision 0011."""
        said = json.dumps({"version": 1, "answer": text}).encode()
        padded = (len(said).to_bytes(4, "big") + said).ljust(4096, b"\0")
        header = b"".join(
            [
                b"WWA\x01",
                uuid.UUID(question).bytes,
                changed.get("keyring", self.sending.keyring).bytes,
                changed.get("version", 1).to_bytes(4, "big"),
                changed.get("token", self.sending.token),
                (len(padded) + 81).to_bytes(4, "big"),
            ]
        )
        kept = header[:40] + hashlib.sha256(header[40:72]).digest() + header[72:]
        return header + vault.seal(self.sending.public, padded, info=b"waywatch answer v1\0" + kept)


def put(question: str, raw: bytes) -> Any:
    return Client().put(f"/notice/answers/{question}", raw, content_type=SEALED)
