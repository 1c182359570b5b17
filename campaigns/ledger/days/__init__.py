"""Closed days: the ledger cut by sequence and chained by hash."""
