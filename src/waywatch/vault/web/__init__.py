"""Pages of keys: one's own, a keyring's, unlocking. And how a request gets its unlocked key."""
