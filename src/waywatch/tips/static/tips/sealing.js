// Sealing and checking signatures on this phone (decision 0008). The cryptography is the library's and the browser's; nothing of it is ours.

import { fromHex, join, utf8 } from "./bytes.js";
import { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "./hpke.js";

const suiteWith = (aead) => new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead });
const suite = suiteWith(new Aes256Gcm());
const point = (bytes) => suite.kem.importKey("raw", bytes, true);

/** `plaintext` sealed to a public key of 65 bytes: `enc`, then the ciphertext with its tag. */
export async function seal(publicKey, plaintext, info) {
  const { enc, ct } = await suite.seal({ recipientPublicKey: await point(publicKey), info }, plaintext);
  return join(new Uint8Array(enc), new Uint8Array(ct));
}

/** What was sealed to the public half of a key pair. Throws where it was not. */
export async function open(keyPair, sealed, info) {
  const enc = sealed.subarray(0, 65);
  return new Uint8Array(await suite.open({ recipientKey: keyPair, enc, info }, sealed.subarray(65)));
}

/** The one key pair of a secret of 32 bytes (RFC 9180, 7.1.3), and its public half as 65 bytes. */
export async function keyPairFrom(secret) {
  const pair = await suite.kem.deriveKeyPair(secret);
  return { pair, publicKey: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)) };
}

/** Bytes for one purpose from a secret that is random already (HKDF-SHA256). */
export async function derive(secret, salt, purpose, length) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const way = { name: "HKDF", hash: "SHA-256", salt: utf8(salt), info: utf8(purpose) };
  return new Uint8Array(await crypto.subtle.deriveBits(way, key, length * 8));
}

/** Whether the holder of a public key signed exactly this message (ECDSA on P-256, SHA-256, r || s). */
export async function isSigned(publicKey, signature, message) {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("raw", publicKey, curve, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
}

// RFC 9180, base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256: appendix A.3.1, and the same of the RFC's list of vectors for AES-256-GCM.
const VECTORS = [
  {
    aead: new Aes128Gcm(),
    key: "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
    enc:
      "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900" +
      "be863c403ce65c9bfcb9382657222d18c4",
    ct: "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
  },
  {
    aead: new Aes256Gcm(),
    key: "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2",
    enc:
      "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3b" +
      "f01da5cc4c39ff5370d331a4f1f7d5a4e0",
    ct: "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f",
  },
];
const INFO = fromHex("4f6465206f6e2061204772656369616e2055726e");
const SAID = "Beauty is truth, truth beauty";

/** Whether this browser computes what the RFC prints, and opens what it sealed itself. Nothing is sealed where it does not. */
export async function works() {
  try {
    for (const { aead, key, enc, ct } of VECTORS) {
      const other = suiteWith(aead);
      const recipientKey = await other.kem.importKey("raw", fromHex(key), false);
      const context = await other.createRecipientContext({ recipientKey, enc: fromHex(enc), info: INFO });
      const opened = await context.open(fromHex(ct), utf8("Count-0"));
      if (new TextDecoder().decode(opened) !== SAID) return false;
    }
    const { pair, publicKey } = await keyPairFrom(crypto.getRandomValues(new Uint8Array(32)));
    return new TextDecoder().decode(await open(pair, await seal(publicKey, utf8(SAID), INFO), INFO)) === SAID;
  } catch {
    return false;
  }
}
