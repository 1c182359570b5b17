"""Becomes another program, behind walls. Run by `sandbox`, as a script of its own.

    python -I -S launcher.py '{"parent": …, "limits": …}' program argument …

What a hostile file makes of ffmpeg is held by the kernel, whatever arguments ffmpeg was given:
limits of CPU time, memory, files' sizes and descriptors; no file but those named (Landlock); no
network (a namespace of its own, and Landlock); no new privileges; and it dies with its parent.
Kernels that lack Landlock or forbid namespaces leave ffmpeg's own whitelist of protocols.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 2, 1 << 3, 1 << 14
_WRITING = (1 << 1) | (0x1FF << 4)
"""Write, remove, and make of every kind; linking across folders is not among them."""
_TCP = 0b11
_FDS_MAX = 1 << 20

libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """See the module."""
    orders, program, arguments = json.loads(sys.argv[1]), sys.argv[2], sys.argv[2:]
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != orders["parent"]:
        os._exit(1)  # it died before it could take us along
    _step_back(orders["niceness"])
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _close_others(orders["fds"])
    _leave_network()
    _lock_files(orders["read"], orders["write"])
    for name, limit in orders["limits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    os.execve(program, arguments, {"LC_ALL": "C", "HOME": "/nonexistent", "PATH": ""})  # noqa: S606


def _step_back(niceness: int) -> None:
    """Films wait for requests; `app.kernel.priority` says why a session steps back besides."""
    reached = os.nice(niceness)
    with contextlib.suppress(OSError):
        group = os.open("/proc/self/autogroup", os.O_WRONLY)
        os.write(group, str(reached).encode())
        os.close(group)


def _close_others(kept: list[int]) -> None:
    """Of what was inherited by accident nothing is left open."""
    at = 3
    for fd in sorted(kept):
        os.closerange(at, fd)
        at = fd + 1
    os.closerange(at, _FDS_MAX)


def _leave_network() -> None:
    if libc.unshare(_CLONE_NEWNET) < 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _lock_files(readable: list[str], writable: list[str]) -> None:
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    truncate = _TRUNCATE if version >= 3 else 0
    handled = _EXECUTE | _READ_FILE | _READ_DIR | _WRITING | truncate
    attributes = struct.pack("=QQ", handled, _TCP if version >= 4 else 0)
    size = 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return
    for path in filter(os.path.exists, readable):
        folder = os.path.isdir(path)  # noqa: PTH112
        _allow(ruleset, path, _EXECUTE | _READ_FILE | (_READ_DIR if folder else 0))
    for path in writable:
        _allow(ruleset, path, _READ_FILE | _READ_DIR | _WRITING | truncate)
    libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", access, handle), 0)
    os.close(handle)


if __name__ == "__main__":
    main()
