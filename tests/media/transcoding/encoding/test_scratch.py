"""Nothing of a dead process stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from media.transcoding.encoding.scratch import Scratch

_HOLDER = """
import sys, time
from pathlib import Path
from media.transcoding.encoding.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
with scratch.room() as room:
    (room / "half").write_bytes(b"x")
    print("ready", flush=True)
    time.sleep(600)
"""


def test_who_starts_removes_what_the_dead_left_and_nothing_else(tmp_path: Path) -> None:
    holders = [
        subprocess.Popen([sys.executable, "-c", _HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        for holder in holders:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"ready\n"
        os.kill(holders[0].pid, signal.SIGKILL)
        holders[0].wait()
        scratch = Scratch(tmp_path)
        scratch.open()
        assert len(list(tmp_path.iterdir())) == 2
        assert len(list(tmp_path.glob("*/*/half"))) == 1
        scratch.close()
        assert len(list(tmp_path.iterdir())) == 1
    finally:
        for holder in holders:
            holder.kill()
            holder.wait()
