"""Stepping back: work that nobody waits for leaves the machine's time to requests."""

import contextlib
import os
from pathlib import Path


def step_back(niceness: int) -> None:
    """Let this process, and what it starts, run when others do not want to. `niceness` is from 0,
    anybody's equal, to 19; how far back it already stands counts too.

    Linux may share its time first among sessions and then within each (`sched_autogroup`, switched
    on by most distributions): there a process's niceness means nothing to other sessions, and the
    session's own is set besides, provided that this process leads it and speaks for nobody else.
    """
    reached = os.nice(niceness)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # such a kernel only
            Path("/proc/self/autogroup").write_text(str(reached))
