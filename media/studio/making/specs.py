"""What is written down of an order: everything that the making needs."""

import msgspec

from media.studio.interfaces import ShownProduct


class ShowSpec(msgspec.Struct, frozen=True, tag="show"):
    """A slide show."""

    template: str
    music: str
    language: str
    name: str
    """Of the brand."""
    width: int
    products: tuple[ShownProduct, ...]


class TrimSpec(msgspec.Struct, frozen=True, tag="trim"):
    """A part of a film."""

    video_id: int
    start_ms: int
    end_ms: int


class OverlaySpec(msgspec.Struct, frozen=True, tag="overlay"):
    """A film with something on it."""

    video_id: int
    logo: tuple[int, str] | None
    """A picture's id, and its corner."""
    words: tuple[str, str] | None
    start_ms: int
    end_ms: int | None


Spec = ShowSpec | TrimSpec | OverlaySpec
