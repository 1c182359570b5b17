"""Every frame of a show, one after the other.

Run as a script in the sandbox: `projector.py FD`, in a folder with `show.json` and the pictures it
names. Raw RGB frames leave through the descriptor, from which ffmpeg reads them.
"""

# Pillow's annotations leave the types of pixels open.
# pyright: reportUnknownMemberType=false

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from PIL import Image

from media.studio.music.scores import FRAMES_PER_SECOND
from media.studio.slides.grounds import Backdrop, Flakes, Rays, backdrop
from media.studio.slides.motion import smooth, within
from media.studio.slides.pieces import Scale, without_picture
from media.studio.slides.plan import OPENING_BEATS, Show
from media.studio.slides.scenes import (
    ClosingSlide,
    OpeningSlide,
    Pace,
    ProductSlide,
    Scene,
    Studio,
)
from media.studio.slides.template import UNITS

SHOW_FILE = "show.json"
_ZOOM = 0.22


class Projector:
    """The frames of a show. The same show gives the same frames."""

    def __init__(self, show: Show, folder: Path) -> None:
        self._timing = show.timing
        self._size = show.size
        self._kind = show.look.transition.kind
        studio = Studio(show, show.look, Scale(show.width / UNITS[0]), show.size)
        pictures = [_picture(each.picture, each.title, folder, show) for each in show.items]
        ground, size = show.look.ground, show.size
        grounds: list[Backdrop] = [backdrop(ground, size, picture) for picture in pictures[:1]]
        for picture in pictures[1:]:
            same = isinstance(grounds[0], Rays)
            grounds.append(grounds[0] if same else backdrop(ground, size, picture))
        beat, transition = self._timing.frames_per_beat, self._timing.transition_frames
        bar = Pace(OPENING_BEATS * beat, beat, transition)
        slot = Pace(self._timing.slot_beats * beat, beat, transition)
        self._scenes: list[Scene] = [
            OpeningSlide(studio, grounds[0], pictures, bar),
            *(
                ProductSlide(studio, grounds[number], number, picture, slot)
                for number, picture in enumerate(pictures)
            ),
            ClosingSlide(studio, grounds[-1], pictures, bar),
        ]
        self._cuts = [0, *(cut * beat for cut in self._timing.plan.cuts)]
        leaf = ground.accent if ground.kind == "blur" else "gold"
        self._flakes = Flakes(ground.flakes, size, leaf)

    @property
    def scenes(self) -> list[Scene]:
        """All slides in order."""
        return self._scenes

    def frame(self, number: int) -> Image.Image:
        """One picture of the film."""
        half = self._timing.transition_frames // 2
        for index, cut in enumerate(self._cuts[1:], 1):
            if cut - half <= number < cut + half:
                share = within(number, cut - half, 2 * half)
                return self._between(index, number, smooth(share))
        index = max(i for i, cut in enumerate(self._cuts) if cut <= number)
        return self._whole(index, number)

    def frames(self) -> Iterator[Image.Image]:
        """All of them."""
        return map(self.frame, range(self._timing.frames))

    def _whole(self, index: int, number: int) -> Image.Image:
        image = self._scenes[index].ground.at(number / FRAMES_PER_SECOND)
        self._scenes[index].paint(image, number - self._cuts[index])
        self._flakes.paint(image, number / FRAMES_PER_SECOND)
        return image

    def _between(self, index: int, number: int, share: float) -> Image.Image:
        """A slide goes, the next one comes; at a half of the way it is the beat."""
        if self._kind == "swap":
            return self._swapped(index, number, share)
        before, after = self._whole(index - 1, number), self._whole(index, number)
        height = self._size[1]
        if self._kind == "push":
            way = round(height * share)
            image = Image.new("RGB", self._size)
            image.paste(before, (0, -way))
            image.paste(after, (0, height - way))
            return image
        near = _zoomed(before, 1 + _ZOOM * share)
        far = _zoomed(after, 1 + _ZOOM * (1 - share))
        return Image.blend(near, far, share)

    def _swapped(self, index: int, number: int, share: float) -> Image.Image:
        """The ground stays; what lies on it is carried away to the left."""
        seconds = number / FRAMES_PER_SECOND
        before, after = self._scenes[index - 1], self._scenes[index]
        image = before.ground.at(seconds)
        if after.ground is not before.ground:
            image = Image.blend(image, after.ground.at(seconds), share)
        width = self._size[0]
        before.paint(image, number - self._cuts[index - 1], -round(width * share))
        after.paint(image, number - self._cuts[index], width - round(width * share))
        self._flakes.paint(image, seconds)
        return image


def _zoomed(image: Image.Image, zoom: float) -> Image.Image:
    if zoom <= 1:
        return image
    width, height = image.size
    x, y = width * (1 - 1 / zoom) / 2, height * (1 - 1 / zoom) / 2
    box = (x, y, width - x, height - y)
    return image.resize(image.size, Image.Resampling.BILINEAR, box=box)


def _picture(name: str | None, title: str, folder: Path, show: Show) -> Image.Image:
    if name is None:
        return without_picture(title, show.width, "ink-2")
    with Image.open(folder / name, formats=["JPEG"]) as image:
        return image.convert("RGB")


def main() -> None:
    """See the module."""
    show = msgspec.json.decode(Path(SHOW_FILE).read_bytes(), type=Show)
    with os.fdopen(int(sys.argv[1]), "wb") as sink:
        for image in Projector(show, Path()).frames():
            sink.write(image.tobytes())


if __name__ == "__main__":
    main()
