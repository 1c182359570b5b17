"""Money that comes in: an operator books what a brand paid."""
