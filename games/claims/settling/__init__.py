"""From decisions to the ledger, and the proof that nothing got lost on the way."""
