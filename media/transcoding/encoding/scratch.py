"""Folders for files under way, of which nothing is left behind, not even by `kill -9`.

Every process has one folder, whose lock it holds while it lives. Whoever starts removes the
folders that nobody holds.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_LOCK: Final = "lock"


class Scratch:
    """The scratch folder of this process."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or Path(tempfile.gettempdir()) / f"carnival-films-{os.getuid()}"
        self._home: Path | None = None
        self._lock = -1

    def open(self) -> None:
        """Take a folder of our own, and remove what dead processes left."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in self._root.iterdir():
            _remove_unheld(folder)
        home = self._root / secrets.token_hex(8)
        home.mkdir(mode=0o700)
        self._lock = os.open(home / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._home = home

    def close(self) -> None:
        """Remove our folder."""
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            os.close(self._lock)
            self._home = None

    @property
    def home(self) -> Path:
        """Our folder, made when it is first asked for."""
        if self._home is None:
            self.open()
        assert self._home is not None
        return self._home

    def everywhere(self, pattern: str) -> Iterator[Path]:
        """Files of ours and of the other processes of this machine, which may go at any time."""
        return self._root.glob(f"*/{pattern}")

    @contextmanager
    def room(self) -> Generator[Path]:
        """An empty folder for the length of the context."""
        folder = self.home / secrets.token_hex(8)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_unheld(folder: Path) -> None:
    """Remove a folder unless a living process holds its lock, or it is just being made."""
    with suppress(OSError):
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(lock)
