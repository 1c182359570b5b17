"""Packets as every process holds them, for itself and for other slices."""
