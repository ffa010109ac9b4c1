// What the reporter's page uses of the library that seals: bundled at set-up into static/tips/hpke.js, never written by hand.
export { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
