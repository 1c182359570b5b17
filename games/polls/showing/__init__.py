"""How polls are shown: their counts, and what cues say of them."""
