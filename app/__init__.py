"""Entry points; and `kernel`, `identity`, `realtime`: the floor of the house."""
