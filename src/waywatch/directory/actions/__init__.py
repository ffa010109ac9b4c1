"""The writes of the directory: one verb a function, one transaction, audited. Contact points' values never reach the audit log."""
