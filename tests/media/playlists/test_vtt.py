"""Metadata tracks, read back by a reader of the format's rules."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from media.playlists.vtt import Note, clock, metadata

_LINE = re.compile(r"(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})\Z")


@given(st.lists(st.tuples(st.integers(0, 4_000_000), st.integers(1, 9_000), st.text(max_size=40))))
def test_every_cue_comes_back_with_its_time_and_payload(
    cues: list[tuple[int, int, str]],
) -> None:
    notes = [
        Note(f"c{number}", at, at + lasts, json.dumps({"text": text}).encode())
        for number, (at, lasts, text) in enumerate(cues)
    ]
    head, *blocks = metadata(notes).removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    read: set[tuple[str, int, int, str]] = set()
    for block in blocks:
        name, times, payload = block.split("\n")
        found = _LINE.match(times)
        assert found
        h, m, s, ms, *until = map(int, found.groups())
        begins = ((h * 60 + m) * 60 + s) * 1000 + ms
        ends = ((until[0] * 60 + until[1]) * 60 + until[2]) * 1000 + until[3]
        assert "-->" not in payload
        read.add((name, begins, ends, json.loads(payload)["text"]))
    assert read == {(n.id, n.at_ms, n.until_ms, json.loads(n.payload)["text"]) for n in notes}
    assert len(blocks) == len(notes)


def test_hours_are_written_out() -> None:
    assert clock(3_723_004) == "01:02:03.004"
