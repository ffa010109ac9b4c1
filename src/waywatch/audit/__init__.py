"""The audit log: who did what to which thing, and when. Append-only and hash-chained.

Owns the entries, their seals and the check of both. Promises that an entry stands or falls with the transaction it
describes, that no running role can change or remove one, and that whoever does so as the owner of the database is found
by `waywatch audit verify` (against a checkpoint kept elsewhere, even if they rewrite the whole chain). It never decides
who may read a history: the room that shows one does. It never holds the words of the things it is about.
"""
