"""Every slice of the house, from the lowest floor up: the order in which they are wired."""

from app.kernel.house import Slice

SLICES: tuple[Slice, ...] = ()
