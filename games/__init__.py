"""Games: packets and what else is played for prizes."""
