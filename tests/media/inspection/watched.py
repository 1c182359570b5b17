"""Runs a command and writes down what ffmpeg and ffprobe ask of files and of the network.

    python watched.py LOG command argument …

Watched by ptrace from outside, so it sees what they truly ask of the kernel, whether granted or
not. LOG gets a line of JSON for each: [program, call, path]. Other programs are only followed,
until they become one of those: to stop at their calls too would take ten times as long.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

_TRACEME, _CONT, _CONT_SYSCALL, _SETOPTIONS, _SYSCALL_INFO = 0, 7, 24, 0x4200, 0x420E
_OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x100000
"""System calls marked; forks, threads and programs followed; all die with us."""
_ENTRY, _WALL = 1, 0x40000000
_BECAME = 4
"""The event of a program that took another one's place."""
_CALLS = {
    "x86_64": {
        **{2: ("open", 0), 85: ("creat", 0), 257: ("openat", 1), 437: ("openat2", 1)},
        **{41: ("socket", None), 42: ("connect", None), 59: ("execve", 0)},
    },
    "aarch64": {
        **{56: ("openat", 1), 437: ("openat2", 1), 198: ("socket", None)},
        **{203: ("connect", None), 221: ("execve", 0)},
    },
}[os.uname().machine]


class _Info(ctypes.Structure):
    """struct ptrace_syscall_info of an entry."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
        ("more", ctypes.c_uint64 * 2),
    )


_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


def main() -> int:
    """See the module. Answers with the command's own code."""
    log, command = Path(sys.argv[1]), sys.argv[2:]
    child = os.fork()
    if child == 0:
        _call(_TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os.execv(command[0], command)
    os.waitpid(child, 0)
    _call(_SETOPTIONS, child, data=_OPTIONS)
    _call(_CONT_SYSCALL, child)
    with log.open("w") as file:
        return _follow(child, file)


def _follow(child: int, file: Any) -> int:
    code = 1
    watched: dict[int, bool] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, _WALL)
        except ChildProcessError:
            return code
        if not os.WIFSTOPPED(status):
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
            watched.pop(pid, None)
            continue
        if pid not in watched or status >> 16 == _BECAME:
            watched[pid] = _program(pid).startswith(("ffmpeg", "ffprobe"))
        number, passed_on = os.WSTOPSIG(status), 0
        if number == signal.SIGTRAP | 0x80:
            if watched[pid]:
                _note(pid, file)
        elif not status >> 16 and number not in (signal.SIGTRAP, signal.SIGSTOP):
            passed_on = number
        _call(_CONT_SYSCALL if watched[pid] else _CONT, pid, data=passed_on)


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return ""


def _note(pid: int, file: Any) -> None:
    info = _Info()
    if _call(_SYSCALL_INFO, pid, ctypes.sizeof(info), ctypes.addressof(info)) < 0:
        return
    if info.op != _ENTRY or info.number not in _CALLS:
        return
    name, at = _CALLS[info.number]
    path = _text(pid, info.arguments[at]) if at is not None else ""
    file.write(json.dumps([_program(pid), name, path]) + "\n")


def _text(pid: int, address: int) -> str:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(256).partition(b"\0")[0].decode("latin-1")


def _call(request: int, pid: int, address: int = 0, data: int = 0) -> int:
    return _libc.ptrace(request, pid, address, data)


if __name__ == "__main__":
    sys.exit(main())
