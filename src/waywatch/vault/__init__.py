"""The vault: keys, keyrings, sealing, unlocking. The only room that touches cryptography for sealed tips.

Owns keyrings (of a hotline's desk, of an agency) with their versioned key pairs, each member's own key, the shares between the two, the
offline root's signed list of desks, and receipts. Promises: a private key is stored sealed to a member or wrapped under a passphrase or a
printed recovery key, never otherwise; it is in the clear only in the memory of a request of somebody who unlocked; administrators and
the owner of the database hold nothing that opens anything. Never does: keep a passphrase, send a key anywhere, or let one person
alone give an existing member a new key.
"""
