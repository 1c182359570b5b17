"""What is on the screen is what the film's time says: our fragments, delivered, in Chromium.

Pictures are encoded with B-frames, and their fragments have negative composition offsets: by the
standard the first one is shown at 0. Programs on libavformat show all of them two frames late.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from media.inspection.inspector import inspect
from media.transcoding.encoding import boxes, pictures, sound
from media.transcoding.encoding.commands import Chain
from media.transcoding.encoding.pictures import Made
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.interfaces import Cut, Rendition, Segment
from media.transcoding.rules import SAMPLE_RATE, Grid, Rung, plan_for
from tests.browser.theatre import cinema, port, settings, url
from tests.media.conftest import Theatre, staging, theatre
from tests.media.transcoding.clips import Clip, make
from tests.media.transcoding.fragments import frames_of

__all__ = ["port", "settings", "staging", "theatre", "url"]
CLIP = Clip(rate="25", frames=90)
"""Two segments, made from two pieces."""
IN_STEP_SECONDS = 0.040
FRAMES = (1, 2, 3, 4, 25, 48, 49, 50, 51, 52, 75, 88)
"""At the beginning, in the middle, around the seam and at the end."""
_SHOWN = """
({number, rate, bits, strip}) => new Promise((done) => {
  const {videoWidth: width, videoHeight: height} = film;
  const canvas = Object.assign(document.createElement('canvas'), {width, height});
  const paper = canvas.getContext('2d');
  film.requestVideoFrameCallback((_, {mediaTime}) => {
    paper.drawImage(film, 0, 0);
    const bar = Math.floor(width / bits);
    let read = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const [grey] = paper.getImageData(bit * bar + bar / 2, strip / 2, 1, 1).data;
      if (grey > 128) read += 2 ** bit;
    }
    done([read, mediaTime]);
  });
  film.currentTime = (number + 0.5) / rate;
})
"""


async def test_pictures_are_shown_at_their_time(theatre: Theatre, url: str, tmp_path: Path) -> None:
    stored: dict[str, bytes] = {}
    cut = await encoded(make(CLIP, tmp_path / "film.mp4"), tmp_path, stored)
    video = theatre.stage.film(1)
    await theatre.stage.cut(video, cut, stored)
    assert any(
        frame.shown < frame.decoded
        for each in cut.renditions[0].segments
        for frame in frames_of(stored[each.hash])
    ), "without negative offsets this would prove nothing"
    async with cinema(url, "hls") as page:
        await page.evaluate("address => { void play(address); }", f"{url}/m/{video}/index.m3u8")
        await page.evaluate("stopped()")
        asked = {"rate": int(CLIP.rate), "bits": 16, "strip": CLIP.height // 6}
        shown = [await page.evaluate(_SHOWN, {**asked, "number": each}) for each in FRAMES]
    for wanted, (number, seconds) in zip(FRAMES, shown, strict=True):
        assert abs(number / int(CLIP.rate) - seconds) <= IN_STEP_SECONDS
        assert number == wanted


async def encoded(film: Path, folder: Path, stored: dict[str, bytes]) -> Cut:
    """The film as transcoders encode it: its first rung and its sound."""
    source = await inspect(film)
    plan, scratch = plan_for(source), Scratch(folder / "scratch")
    rung, init, made = plan.rungs[0], b"", list[Made]()
    for piece in (*plan.early, *plan.rest):
        runs = await pictures.encode_piece(film, source, plan, piece, [rung], scratch)
        init, made = runs[rung.name].init, [*made, *runs[rung.name].segments]
    heard = [each async for each in sound.encode(film, source, plan.grid, Chain(), "a128", scratch)]
    scratch.close()
    spoken = [one for each in heard for one in each.segments]
    renditions = (
        _rendition(rung.name, init, made, plan.grid.timescale, stored, rung, plan.grid),
        _rendition("a128", heard[0].init, spoken, SAMPLE_RATE, stored),
    )
    return Cut(1, 1, 1, True, plan.duration_ms, renditions)


def _rendition(
    name: str,
    init: bytes,
    made: Sequence[Made],
    timescale: int,
    stored: dict[str, bytes],
    rung: Rung | None = None,
    grid: Grid | None = None,
) -> Rendition:
    def kept(data: bytes, duration: int = 0, start: int = 0) -> Segment:
        hash_ = hashlib.sha256(data).hexdigest()
        stored[hash_] = data
        return Segment(hash_, len(data), duration, start)

    return Rendition(
        name=name,
        kind="video" if rung else "audio",
        codecs=boxes.codec(init),
        width=rung.width if rung else 0,
        height=rung.height if rung else 0,
        frame_rate=grid.rate if grid else None,
        channels=None if rung else 2,
        bandwidth=1_000_000,
        bandwidth_average=900_000,
        timescale=timescale,
        init=kept(init),
        segments=tuple(kept(each.data, each.duration, each.start) for each in made),
        ssim=None,
    )
