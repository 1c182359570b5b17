"""Entry points of Carnival, and under `kernel`, `identity` and `realtime` the floor of the house."""
