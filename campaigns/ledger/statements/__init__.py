"""What a brand reads of its money: balances, statements, drops."""
