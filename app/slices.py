"""Every slice of the house, from the lowest floor up: the order in which they are wired."""

from app.kernel.house import Slice
from media.images.plugin import slice_ as images

SLICES: tuple[Slice, ...] = (images,)
