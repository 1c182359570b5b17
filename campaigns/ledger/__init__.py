"""The double-entry ledger: who owns which money, and every transfer that made it so."""
