"""Polls as cues of films point to them."""

from collections.abc import Collection, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from games.polls.interfaces import PollState
from games.polls.service import PollService
from media.timelines.interfaces import (
    CueOwner,
    CueTarget,
    CueTargets,
    PollTarget,
    PollTargetOption,
    ref_id,
    ref_ids,
)


class PollCues(CueTargets):
    """What is asked, for everybody; how the votes stand each viewer asks for."""

    def __init__(self, polls: PollService) -> None:
        self._polls = polls

    async def missing(
        self, session: AsyncSession, refs: Collection[str], owner: CueOwner
    ) -> Mapping[str, str]:
        """The brand's own, and not over."""
        found = await self._polls.cards(session, ref_ids(refs))
        words: dict[str, str] = {}
        for ref in refs:
            card = found.get(ref_id(ref))
            mine = card is not None and not owner.by_shopper and card.brand_id == owner.id
            if card is None or not mine or card.live is not owner.live:
                words[ref] = "There is no such poll of this brand"
            elif card.state is PollState.CLOSED:
                words[ref] = "This poll is closed: nobody could vote"
        return words

    async def shown(self, session: AsyncSession, refs: Collection[str]) -> Mapping[str, CueTarget]:
        """Closed ones too: their result is worth seeing."""
        found = await self._polls.cards(session, ref_ids(refs))
        return {
            str(card.id): PollTarget(
                id=card.id,
                question=card.question,
                options=[PollTargetOption(id=each.id, text=each.text) for each in card.options],
                results=card.results.value,
                state=card.state.value,
                opens_at=card.opens_at,
                closes_at=card.closes_at,
            )
            for card in found.values()
        }
