"""Whoever owns the things says what cues point to."""

from app.kernel.house import House
from media.timelines.interfaces import CueKind, CueOwner
from media.timelines.schemas import CueInput
from media.timelines.targets.kinds import CueKindList


async def test_of_a_kind_that_nobody_speaks_for_nothing_exists(house: House) -> None:
    cues = [
        CueInput(at=0, kind=CueKind.CHAPTER, text="开场"),
        CueInput(at=0, kind=CueKind.POLL, ref="1"),
    ]
    owner = CueOwner(id=1, by_shopper=False, live=True)
    async with house.database.reading() as session:
        (refused,) = await CueKindList().refused(session, cues, owner, ())
    assert refused.pointer == "/cues/1/kind"
    assert refused.detail == "There is no poll to point to yet"
