"""Whoever uploads a film reads why it cannot be used in the language of the page."""

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
RAISED = re.compile(r"\b(?:Refused|Refusal|Broken)\(\s*\"([a-z_]+)\"")
SNIFFED = re.compile(r"(?:\(b\".*?\", |return )\"([a-z]+)\", \"")
SAID = re.compile(r"^  ([a-z_]+): \"", re.MULTILINE)


def _reasons() -> set[str]:
    sources = [path.read_text() for path in (HOME / "media").rglob("*.py")]
    raised = {reason for source in sources for reason in RAISED.findall(source)}
    return raised | set(SNIFFED.findall((HOME / "media/inspection/sniffing.py").read_text()))


def test_every_reason_is_said_in_chinese() -> None:
    said = SAID.findall((HOME / "app/web/play/src/i18n/films.ts").read_text())
    reasons = _reasons()
    assert {"playlist", "unknown", "too_long", "lost", "tried_often", "damaged"} <= reasons
    assert set(said) == reasons
