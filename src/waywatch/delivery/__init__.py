"""The queue that really sends mail.

Owns the outbox, its retries and the worker of all jobs. Promises that a mail enqueued in a transaction is sent if that
transaction commits and never if it rolls back, that a crash neither loses nor silently repeats one (a repeat carries
the same Message-ID), and that words wait encrypted and are erased once sent. It never decides who may be written to.
"""
