"""What a show consists of, and when: everything is counted in beats of its music.

The opening takes a bar, each product the same number of beats, the closing a bar. Pictures change
around a beat, half of the transition before it and half after, so that the middle of the movement
is heard.
"""

from typing import Final

import msgspec

from media.studio.music.band import Plan
from media.studio.music.scores import FRAMES_PER_SECOND, SCORES, Score
from media.studio.slides.template import Template, templates

OPENING_BEATS: Final = 4
CLOSING_BEATS: Final = 4
VISIBLE_SECONDS_MIN: Final = 2.0
"""That a product stands alone on the screen, between two transitions."""
PRODUCTS_MAX: Final = 12
_SLOTS: Final = (4, 6, 8)
_PRODUCTS_SECONDS: Final = 24
_SLOT_SECONDS: Final = (2.4, 4.0)


class Item(msgspec.Struct, frozen=True):
    """A product as it is shown."""

    title: str
    price_minor: int
    old_minor: int | None
    currency: str
    picture: str | None
    """Name of a JPEG in the folder of the show."""


class Show(msgspec.Struct, frozen=True):
    """Everything that is drawn."""

    template: str
    music: str
    language: str
    """`zh` or `en`, of the words that are ours."""
    title: str
    name: str
    """Of the brand."""
    items: tuple[Item, ...]
    width: int = 1080
    """Of the film in pixels; its height is sixteen ninths of that."""

    @property
    def look(self) -> Template:
        """The template."""
        return templates()[self.template]

    @property
    def score(self) -> Score:
        """The music's."""
        return SCORES[self.music]

    @property
    def size(self) -> tuple[int, int]:
        """In pixels."""
        return self.width, self.width * 16 // 9

    @property
    def timing(self) -> "Timing":
        """When what is seen."""
        return timing(len(self.items), self.score, self.look.transition.frames)


class Timing(msgspec.Struct, frozen=True):
    """A show in beats and frames."""

    slot_beats: int
    frames_per_beat: int
    transition_frames: int
    plan: Plan

    @property
    def frames(self) -> int:
        """Of the whole film."""
        return self.plan.beats * self.frames_per_beat

    @property
    def duration_ms(self) -> int:
        """Of the whole film."""
        return self.frames * 1000 // FRAMES_PER_SECOND

    def shown_ms(self, number: int) -> tuple[int, int]:
        """When a product has come to rest, and when it begins to leave."""
        start, stop = self.plan.cuts[number], self.plan.cuts[number + 1]
        half = self.transition_frames // 2
        frames = start * self.frames_per_beat + half, stop * self.frames_per_beat - half
        return _ms(frames[0]), _ms(frames[1])


def timing(products: int, score: Score, transition_frames: int) -> Timing:
    """Calm when there are few products, brisk when there are many, never under two seconds each."""
    wanted = min(max(_PRODUCTS_SECONDS / products, _SLOT_SECONDS[0]), _SLOT_SECONDS[1])
    transition = transition_frames / FRAMES_PER_SECOND
    possible = [
        beats
        for beats in _SLOTS
        if beats * score.beat_seconds - transition >= VISIBLE_SECONDS_MIN - 1e-9
    ]
    slot = min(possible, key=lambda beats: abs(beats * score.beat_seconds - wanted))
    cuts = tuple(OPENING_BEATS + slot * number for number in range(products + 1))
    return Timing(
        slot_beats=slot,
        frames_per_beat=score.frames_per_beat,
        transition_frames=transition_frames,
        plan=Plan(cuts[-1] + CLOSING_BEATS, cuts),
    )


def _ms(frames: int) -> int:
    return frames * 1000 // FRAMES_PER_SECOND
