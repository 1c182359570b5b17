"""Where films and captions of the studio lie, and what a slide show's timeline holds. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class SlideCue(NamedTuple):
    """When a product stands on the screen, in milliseconds."""

    at: int
    until: int
    product_id: int


def film_path(work_id: int) -> str:
    """In the object store. A job that runs again writes the same bytes there."""
    return f"media/studio/{work_id % 256:02x}/{work_id}.mp4"


def captions_path(hash_: str) -> str:
    """In the object store."""
    return f"media/captions/{hash_[:2]}/{hash_}.vtt"


def slideshow_cues(
    shown_ms: Sequence[tuple[int, int]], products: Sequence[int]
) -> tuple[SlideCue, ...]:
    """A cue for each product, from when its picture rests until it leaves."""
    return tuple(
        SlideCue(at, until, product)
        for (at, until), product in zip(shown_ms, products, strict=True)
    )
