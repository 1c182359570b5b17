"""What other slices may hear of videos. Each is published in the transaction that made it true."""

import msgspec


class VideoAccepted(msgspec.Struct, frozen=True):
    """A film passed inspection and may be encoded: `Videos.get` says what is in it."""

    video_id: int
    generation: int


class VideoRefused(msgspec.Struct, frozen=True):
    """A film did not pass, and why is on the video. An earlier generation stays what it is."""

    video_id: int
    generation: int


class VideoReady(msgspec.Struct, frozen=True):
    """Every rendition of this generation is there."""

    video_id: int
    generation: int


class VideoPublished(msgspec.Struct, frozen=True):
    """From now on everybody may watch it."""

    video_id: int


class VideoWithdrawn(msgspec.Struct, frozen=True):
    """Its owner took it back; it may be published again."""

    video_id: int


class VideoTakenDown(msgspec.Struct, frozen=True):
    """The operator removed it: nothing of it may be served any more, to anyone."""

    video_id: int


class VideoDeleted(msgspec.Struct, frozen=True):
    """Its owner deleted it: nobody finds it any more, and nothing of it is needed."""

    video_id: int


class FilmsSuperseded(msgspec.Struct, frozen=True):
    """Nobody watches the films before this generation any more: nothing of them is needed."""

    video_id: int
    generation: int


class VideoReplaced(msgspec.Struct, frozen=True):
    """Another film was put in its place: same id, links and figures, next generation."""

    video_id: int
    generation: int


class VideoChanged(msgspec.Struct, frozen=True):
    """What its card shows is different now: the title, or a picture."""

    video_id: int
