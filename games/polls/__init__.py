"""Polls: a brand asks, every shopper answers once, and the counts are exact."""
