"""Packets 红包: what a brand gives away, by which rules, and when."""
