"""A house for the commands that work beside `up`, or on servers of the environment."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import local

if TYPE_CHECKING:
    from app.composition import Composed
    from app.kernel.settings import Settings


def settings_or_none(data: Path) -> "Settings | None":
    """Of the environment, else of the local instance, if there ever was one."""
    from app.kernel.settings import load_settings

    local.adopt_instance(data)
    return load_settings() if "DATABASE_URL" in os.environ else None


@asynccontextmanager
async def living(data: Path) -> "AsyncGenerator[Composed]":
    """A house of this process, on the servers of the environment or of the local instance."""
    from app.composition import alive, compose
    from app.kernel.logs import configure_logs

    settings = settings_or_none(data)
    if settings is None:
        raise click.ClickException("Give DATABASE_URL and the others, or run `up` first.")
    configure_logs("warning", as_json=False)
    composed = compose(settings)
    async with alive(composed.house):
        yield composed
