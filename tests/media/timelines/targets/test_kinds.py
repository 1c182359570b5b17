"""The register of kinds of cues."""

from typing import Any, cast

from media.timelines.interfaces import Cue, CueKind, CuePosition
from media.timelines.targets.kinds import CueKindList


async def test_what_nothing_stands_behind_is_kept_from_viewers() -> None:
    cues = [
        Cue(
            id=id_,
            at=0,
            until=1_000,
            kind=kind,
            ref="x",
            position=CuePosition.CENTER,
            text="x",
        )
        for id_, kind in enumerate((CueKind.COUPON, CueKind.LINK), 1)
    ]
    kinds, nothing = CueKindList(), cast("Any", None)
    assert [each.kind for each in await kinds.views(nothing, cues, gone=False)] == ["link"]
    assert [each.kind for each in await kinds.views(nothing, cues, gone=True)] == ["coupon", "link"]
