"""The outside log of watching: the viewings that were acknowledged, and what a brand is told."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from loadtests.common.outside import Told

FIGURES = ("impression", "play", "complete", "cue_shown", "cue_tapped")
Figures = Mapping[str, int]
"""Viewings by what happened in them, by the names of `FIGURES`."""


class WatchLog:
    """What the virtual shoppers of one process reported, and what they were answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[str, set[str]] = defaultdict(set)
        self._asked: dict[str, set[str]] = defaultdict(set)

    def note(self, viewing: str, kind: str, told: Told) -> None:
        """A report about a viewing was answered, or not."""
        with self._lock:
            if told is Told.YES:
                self._counted[kind].add(viewing)
            if told is not Told.NO:
                self._asked[kind].add(viewing)

    def seen(self, kind: str) -> int:
        """Viewings of which this was acknowledged."""
        return len(self._counted[kind])

    def broken_figures(self, before: Figures, after: Figures) -> Iterator[str]:
        """A sentence for each figure that is not what was acknowledged between two looks at it."""
        for kind in FIGURES:
            least, most = len(self._counted[kind]), len(self._asked[kind])
            shown = after[kind] - before[kind]
            if not least <= shown <= most:
                yield f"film: {least} viewings with {kind} acknowledged, {shown} counted"


def figures_of(retention: Any) -> Figures:
    """The figures in a RetentionView."""
    cues = retention["cues"]
    return {
        "impression": retention["impressions"],
        "play": retention["plays"],
        "complete": retention["completed"],
        "cue_shown": sum(cue["shown"] for cue in cues),
        "cue_tapped": sum(cue["tapped"] for cue in cues),
    }
