"""The writes of the vault: one verb a function, one transaction, audited. No private key and no passphrase reaches a log."""
