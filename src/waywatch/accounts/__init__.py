"""Accounts: who signs in, with which second factor, and who may do what, where and until when (grants).

Owns `Account`, `Grant` and `Invitation`, the sign-in pages, and the PostgreSQL function `accounts_reach_regions` that
row-level security policies of other rooms call. Promises: an account comes into being by invitation only; a grant is
read from the database on each request, so a revocation holds at once; a role that sees people's data gives nothing
until a second factor is set up. Never does: keep an invitation's token (a keyed hash only), keep the e-mail of a
failed sign-in, or let anybody give himself a role.
"""
