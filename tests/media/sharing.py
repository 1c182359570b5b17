"""Files that are costly to make and that no test changes: made once a run, for all its workers."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name of this run. Whoever asks first fills it, the others wait; one that
    was left half filled is filled anew."""
    base = factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    shared = run / "shared"
    shared.mkdir(exist_ok=True)
    folder, filling = shared / name, shared / f"{name}.filling"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(filling, ignore_errors=True)
            filling.mkdir()
            make(filling)
            filling.rename(folder)
    return folder
