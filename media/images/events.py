"""What other slices may hear of pictures."""

import msgspec


class ImageRendered(msgspec.Struct, frozen=True):
    """All formats of this picture are ready: its view names more of them than before."""

    image_id: int
