"""Looks at frames and says which of them would make a poster."""
