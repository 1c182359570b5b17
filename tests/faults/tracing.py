"""What a server has truly made durable: its own fsyncs, watched from outside by ptrace.

A file's length says what was written, not what would survive the power going. So the server's main
thread is stopped at each system call, and the length of the file is noted before every fsync and
counted once the kernel says that it succeeded, before the server goes on to answer anybody.
"""

import ctypes
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

_SEIZE, _SYSCALL, _SYSCALL_INFO, _INTERRUPT = 0x4206, 24, 0x420E, 0x4207
_TRACE_SYSGOOD = 1
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_EVENT_STOP = 128
_ENTRY, _EXIT = 1, 2
_FSYNCS = {"x86_64": (74, 75), "aarch64": (82, 83)}
"""The numbers of fsync and fdatasync."""


class Synced(NamedTuple):
    """An fsync that succeeded."""

    at: float
    """By the monotonic clock, before the server went on."""
    size: int
    """Bytes of the file that are durable by it."""


class _Info(ctypes.Structure):
    """struct ptrace_syscall_info; what follows of it differs by `op`."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("first", ctypes.c_int64),
        ("second", ctypes.c_int64),
        ("rest", ctypes.c_uint64 * 6),
    )


class Fsyncs:
    """Watches a process whose parent we are, until it ends. Servers of the same machine only."""

    def __init__(self, pid: int, file: Path) -> None:
        self.seen: list[Synced] = []
        self.failure: BaseException | None = None
        self._pid, self._file = pid, file
        self._numbers = _FSYNCS[os.uname().machine]
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._libc.ptrace.restype = ctypes.c_long
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Return when it is being watched."""
        self._thread.start()
        self._begun.wait(10)
        assert self.failure is None, repr(self.failure)

    def kill(self) -> None:
        """SIGKILL, and return when it is gone.

        From `start` until then nobody else of our process may ask how it is: a wait by any of our
        threads, such as the one in `Popen.poll`, takes a stop that was the tracer's, and holds it
        for an exit.
        """
        os.kill(self._pid, signal.SIGKILL)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the watched process lives on"
        assert self.failure is None, repr(self.failure)

    def _watch(self) -> None:
        try:
            self._call(_SEIZE, 0, _TRACE_SYSGOOD)
            self._call(_INTERRUPT, 0, 0)
            self._begun.set()
            self._follow()
        except BaseException as error:
            self.failure = error
            self._begun.set()

    def _follow(self) -> None:
        syncing: int | None = None
        while True:
            _, status = os.waitpid(self._pid, 0)
            if not os.WIFSTOPPED(status):
                return
            passed_on = 0
            if os.WSTOPSIG(status) == _SYSCALL_STOP:
                syncing = self._step(syncing)
            elif status >> 16 != _EVENT_STOP:
                passed_on = os.WSTOPSIG(status)
            try:
                self._call(_SYSCALL, 0, passed_on)
            except ProcessLookupError:
                continue  # killed meanwhile: the next wait says so

    def _step(self, syncing: int | None) -> int | None:
        """At an fsync's beginning the file's size; at its end that is durable."""
        info = _Info()
        try:
            self._call(_SYSCALL_INFO, ctypes.sizeof(info), ctypes.addressof(info))
        except ProcessLookupError:
            return None
        if info.op == _ENTRY and info.first in self._numbers:
            held = Path(f"/proc/{self._pid}/fd/{info.second}")
            ours = held.exists() and held.samefile(self._file)
            return self._file.stat().st_size if ours else None
        if info.op == _EXIT and syncing is not None and info.first == 0:
            self.seen.append(Synced(time.monotonic(), syncing))
        return None

    def _call(self, request: int, address: int, data: Any) -> None:
        if self._libc.ptrace(request, self._pid, address, data) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
