"""The judge of a rehearsal's film notices a viewing that is lost or counted twice."""

from typing import Any

import pytest

from loadtests.common.outside import Told
from loadtests.common.watched import WatchLog, figures_of


def _retention(**changes: int) -> dict[str, Any]:
    figures = {"impressions": 12, "plays": 11, "completed": 10, "shown": 11, "tapped": 10} | changes
    return {**figures, "cues": [{"shown": figures["shown"], "tapped": figures["tapped"]}]}


BEFORE = figures_of(_retention(impressions=10, plays=10, completed=10, shown=10, tapped=10))


@pytest.fixture
def log() -> WatchLog:
    log = WatchLog()
    for viewing, told in (("a", Told.YES), ("b", Told.UNSURE)):
        log.note(viewing, "impression", told)
    for kind, told in (("impression", Told.YES), ("play", Told.YES), ("cue_shown", Told.YES)):
        log.note("b", kind, told)
    log.note("a", "play", Told.NO)
    return log


def test_what_was_acknowledged_is_counted_once(log: WatchLog) -> None:
    assert list(log.broken_figures(BEFORE, figures_of(_retention()))) == []
    assert log.seen("impression") == 2


@pytest.mark.parametrize(
    "changes", [{"impressions": 11}, {"impressions": 13}, {"plays": 12}, {"tapped": 11}]
)
def test_what_is_lost_or_counted_twice_is_found(log: WatchLog, changes: dict[str, int]) -> None:
    assert len(list(log.broken_figures(BEFORE, figures_of(_retention(**changes))))) == 1


def test_an_answer_that_never_came_leaves_both_open(log: WatchLog) -> None:
    log.note("c", "play", Told.UNSURE)
    for plays in (11, 12):
        assert list(log.broken_figures(BEFORE, figures_of(_retention(plays=plays)))) == []
