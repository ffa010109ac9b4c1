"""Django's PostgreSQL engine that tells the server who acts at the start of each transaction. Use it as ENGINE."""
