"""PostgreSQL for Waywatch: an embedded server, its roles, backups and a check-up.

Owns the data directory's cluster, the passwords of the database roles and the process that keeps the server.
Promises that a server runs exactly as long as some process uses it, that data survives `kill -9` of anything, and that
neither passwords nor statements reach logs, arguments or messages. Never imports Django, never trusts a local
connection, never signals a process that is not ours, never opens up a folder it did not make.
"""
