"""Processes of ours on the servers of a test, to be killed."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from app.kernel.settings import Settings

HOME = Path(__file__).parents[2]
_SHARED = ("valkey_url", "valkey_cache_url", "database_url", "object_store_url")


async def started(command: str, settings: Settings, folder: Path) -> asyncio.subprocess.Process:
    """`carnival <command>`; what it writes lies in the folder, its scratch files too."""
    (folder / "scratch").mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(HOME), "TMPDIR": str(folder / "scratch")}
    for name, value in msgspec.to_builtins(settings).items():
        if value is not None and value is not False:
            variable = name.upper() if name in _SHARED else f"CARNIVAL_{name.upper()}"
            environment[variable] = str(value)
    with (folder / f"{command}.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "app.cli", command),
            env=environment,
            stdout=log,
            stderr=log,
        )
