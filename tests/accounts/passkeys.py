"""A passkey without a browser: the answers that a security key gives to a page's challenge."""

import hashlib
import json
import struct
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from waywatch.accounts.models import Account

PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
HOST = "testserver"
ORIGIN = f"http://{HOST}"


class Passkey:
    """One key pair. `registers` and `signs` are what a browser would put into the form's field `credential`."""

    def __init__(self, number: int = 1) -> None:
        self.secret = ec.derive_private_key(number + 1, ec.SECP256R1())
        self.id = f"passkey-{number}".encode()

    def _about(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": ORIGIN}).encode()

    def registers(self, challenge: str) -> dict[str, Any]:
        """Return the answer that makes it a passkey of the account."""
        public = ES256.from_cryptography_key(self.secret.public_key())
        data = AuthenticatorData.create(
            hashlib.sha256(HOST.encode()).digest(),
            PRESENT_AND_VERIFIED | AuthenticatorData.FLAG.AT,
            0,
            AttestedCredentialData.create(Aaguid.NONE, self.id, public),
        )
        response = {
            "clientDataJSON": websafe_encode(self._about("webauthn.create", challenge)),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def signs(self, challenge: str, account: Account) -> dict[str, Any]:
        """Return the answer that signs the account in."""
        about = self._about("webauthn.get", challenge)
        data = hashlib.sha256(HOST.encode()).digest() + struct.pack(">BI", PRESENT_AND_VERIFIED, 1)
        signature = self.secret.sign(data + hashlib.sha256(about).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(about),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(user_pk_to_url_str(account).encode()),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        key = websafe_encode(self.id)
        return {"id": key, "rawId": key, "type": "public-key", "response": response}

    def belongs_to(self, account: Account) -> Authenticator:
        """Store it as a passkey of the account."""
        data = {"name": "Key", "credential": self.registers(websafe_encode(b"an earlier challenge"))}
        return Authenticator.objects.create(user=account, type=Authenticator.Type.WEBAUTHN, data=data)
