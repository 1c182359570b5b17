"""Shoppers' wallets, and the way out of them."""
