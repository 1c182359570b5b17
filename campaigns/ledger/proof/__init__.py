"""The proof that no money is created or lost: rows, balances and buckets compared."""
