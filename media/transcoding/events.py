"""What other slices may hear of transcoding."""

import msgspec


class RenditionsGrew(msgspec.Struct, frozen=True):
    """There is a newer cut of a film to play. Told in the transaction that made it."""

    video_id: int
    generation: int
    version: int
    complete: bool
    """Whether the renditions reach the film's end; more of them may follow."""
