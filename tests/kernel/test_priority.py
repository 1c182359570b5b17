"""Stepping back is measured by what the kernel says of the process that did."""

import subprocess
import sys
from pathlib import Path

_STEPS_BACK = """
import os, pathlib
from app.kernel.priority import step_back
step_back(7)
group = pathlib.Path("/proc/self/autogroup")
said = group.read_text().split() if group.exists() else []
print(os.nice(0), said[-1] if said else "shared")
"""


def _niceness(*, leads_session: bool) -> list[str]:
    argv = [sys.executable, "-c", _STEPS_BACK]
    home = Path(__file__).parents[2]
    done = subprocess.run(
        argv, cwd=home, start_new_session=leads_session, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def _session_before() -> str:
    """The niceness of this process's session; `shared` where the kernel keeps none, for the file
    is there and empty then."""
    group = Path("/proc/self/autogroup")
    said = group.read_text().split() if group.exists() else []
    return said[-1] if said else "shared"


def test_who_leads_a_session_takes_it_along() -> None:
    session = "shared" if _session_before() == "shared" else "7"
    assert _niceness(leads_session=True) == ["7", session]


def test_who_does_not_speaks_for_himself_alone() -> None:
    assert _niceness(leads_session=False) == ["7", _session_before()]
