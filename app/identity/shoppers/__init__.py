"""Shoppers: a phone, a name, a face."""
