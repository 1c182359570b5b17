"""Stepping back is measured by what the kernel says of the process that did."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

# A kernel that keeps no niceness of sessions, or a process that was born into none, has no such
# file or an empty one. A session of its own may have one all the same: only who is in it can tell.
_STEPS_BACK = """
import os, pathlib
from app.kernel.priority import step_back
def session():
    group = pathlib.Path("/proc/self/autogroup")
    said = group.read_text().split() if group.exists() else []
    return said[-1] if said else "none"
before = session()
step_back(7)
print(os.nice(0), before, session())
"""


class _Stepped(NamedTuple):
    process: str
    session_before: str
    session: str


def _stepped(*, leads_session: bool) -> _Stepped:
    argv = [sys.executable, "-c", _STEPS_BACK]
    home = Path(__file__).parents[2]
    done = subprocess.run(
        argv, cwd=home, start_new_session=leads_session, capture_output=True, text=True, check=True
    )
    return _Stepped(*done.stdout.split())


def test_who_leads_a_session_takes_it_along() -> None:
    stepped = _stepped(leads_session=True)
    assert stepped.process == "7"
    assert stepped.session == ("none" if stepped.session_before == "none" else "7")


def test_who_does_not_speaks_for_himself_alone() -> None:
    stepped = _stepped(leads_session=False)
    assert stepped.process == "7"
    assert stepped.session == stepped.session_before
