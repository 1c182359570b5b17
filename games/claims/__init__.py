"""Claims: who got which share of a packet; decided in its bucket, settled into the ledger."""
