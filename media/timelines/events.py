"""What other slices may hear of timelines."""

import msgspec


class TimelinePublished(msgspec.Struct, frozen=True):
    """From now on viewers get this version. Told in the transaction that made it so."""

    video_id: int
    version: int
