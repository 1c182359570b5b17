"""What many look at is read once a second."""

import pytest

from games.polls.showing import board
from tests.factories.town import Town
from tests.games.polls.test_service import ask, numbers, seen, vote


async def test_viewers_share_a_copy_and_voters_see_their_vote(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "FRESH_SECONDS", 3_600.0)
    shop, ann = await town.shop(), await town.shopper()
    poll = await ask(town, shop, results="always")
    assert numbers(await seen(town, poll)) == [0, 0, 0]
    assert numbers((await vote(town, poll, ann)).json()) == [1, 0, 0]
    assert numbers(await seen(town, poll)) == [0, 0, 0], "nobody reads the counts for each look"
    monkeypatch.setattr(board, "FRESH_SECONDS", 0.0)
    assert numbers(await seen(town, poll)) == [1, 0, 0]
