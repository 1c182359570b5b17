"""What becomes of a film that nobody disturbs: transcoded once a run, looked at by many tests."""

import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.kernel.settings import Settings
from media.transcoding.events import RenditionsGrew
from media.transcoding.interfaces import Cut
from media.videos.interfaces import VideoState
from tests.media.transcoding.works import VIDEO, Works

_FACTS = "premiere.pickle"


@dataclass(frozen=True)
class Premiere:
    """All that was seen of it; the joined renditions lie in `folder`."""

    folder: Path
    first: Cut
    """The newest version when the first one had just been told of."""
    shown_at_first: list[int]
    cuts: list[Cut]
    grown: list[RenditionsGrew]
    state: VideoState
    rows: dict[str, list[Any]]
    stored: set[str]
    left: list[Path]
    """What was left in the scratch folder."""

    @property
    def last(self) -> Cut:
        """The version with all rungs."""
        return self.cuts[-1]

    def film(self, name: str) -> Path:
        """A rendition of the last version, joined."""
        return self.folder / f"{name}.mp4"


async def perform(settings: Settings, film: Path, folder: Path) -> None:
    """Transcode the film by the order of its jobs' priorities and keep everything in the folder."""
    works = Works(settings, folder / "works")
    try:
        await works.accept(film)
        await works.until(lambda: works.grown)
        first, shown = await works.latest(), list(works.shelf.shown)
        await works.run_all()
        cuts: list[Cut] = []
        while (cut := await works.version(len(cuts) + 1)) is not None:
            cuts.append(cut)
        for rendition in cuts[-1].renditions:
            (await works.film(rendition)).rename(folder / f"{rendition.name}.mp4")
        seen = Premiere(
            folder=folder,
            first=first,
            shown_at_first=shown,
            cuts=cuts,
            grown=works.grown,
            state=works.shelf.records[VIDEO].state,
            rows=await works.rows(),
            stored=works.stored(),
            left=list(works.scratch.home.glob("*/")),
        )
    finally:
        await works.close()
    shutil.move(folder / "works/objects/media/segments", folder / "segments")
    (folder / _FACTS).write_bytes(pickle.dumps(seen))


def recall(folder: Path) -> Premiere:
    """What `perform` kept there."""
    seen: Premiere = pickle.loads((folder / _FACTS).read_bytes())
    return Premiere(**{**vars(seen), "folder": folder})
