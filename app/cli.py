"""`./carnival`: every command, each a few lines around the module that does the work."""

import asyncio
import json
import os
import sys
from pathlib import Path

import click
from rich.console import Console

from app import local

console = Console(highlight=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Carnival 狂欢城: interactive commerce, self-hosted.

    \b
    ./carnival up     everything on this machine, with a demo festival
    ./carnival test   every check
    """


def _data_option(function: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=local.DATA,
        help="The data folder of `up` (default: var beside this program).",
    )(function)


@main.command()
@click.option("--port", default=8080, envvar="CARNIVAL_PORT", help="Of the pages and the API.")
@click.option("--host", default="127.0.0.1", envvar="CARNIVAL_HOST", help="0.0.0.0 for phones.")
@_data_option
@click.option("--no-demo", is_flag=True, help="Start empty.")
@click.option("--workers", default=1, envvar="CARNIVAL_WEB_WORKERS", help="Web processes.")
def up(port: int, host: str, data: Path, no_demo: bool, workers: int) -> None:
    """Run everything on this machine: servers, web, worker, and a demo festival.

    VALKEY_URL, VALKEY_CACHE_URL, DATABASE_URL or OBJECT_STORE_URL in the environment replace the
    embedded server of that kind.
    """
    from app.supervisor import Supervisor

    data = data.resolve()
    secret = os.environ.get("CARNIVAL_SECRET") or local.prepare_data(data)
    try:
        with local.lock_data(data):
            here = local.Local(
                data=data, secret=secret, host=host, port=port, workers=workers, demo=not no_demo
            )
            here.check_ports()
            here.remember()
            sys.exit(asyncio.run(Supervisor(here, console).run()))
    except local.Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal


@main.command()
@_data_option
def web(data: Path) -> None:
    """Serve pages and API; settings come from the environment."""
    from app.kernel.settings import load_settings
    from app.serve import serve

    local.adopt_instance(data)
    serve(load_settings())


@main.command()
@_data_option
def worker(data: Path) -> None:
    """Settle decisions and run jobs; settings come from the environment."""
    from app.kernel.logs import configure_logs
    from app.kernel.settings import load_settings
    from app.worker import run_worker

    local.adopt_instance(data)
    settings = load_settings()
    configure_logs(settings.log_level, as_json=settings.log_json)
    asyncio.run(run_worker(settings))


@main.command()
@_data_option
def migrate(data: Path) -> None:
    """Bring the database to the newest schema, as its owner."""
    from app.migrations import upgrade

    local.adopt_instance(data)
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
    if not owner:
        raise click.ClickException("Give DATABASE_OWNER_URL (or DATABASE_URL), or run `up` once.")
    upgrade(owner)


@main.command()
@click.option("--force", is_flag=True, help="Build although nothing changed.")
def build(force: bool) -> None:
    """Build the web pages with Node."""
    from app.web.build import BuildFailed, pages, stale
    from app.web.build import build as build_page

    for page in pages():
        if force or stale(page):
            with console.status(f"Building {page.name}"):
                try:
                    build_page(page)
                except BuildFailed as error:
                    raise click.ClickException(str(error)) from error
            console.print(f"[green]✓[/] {page.name}")


@main.command()
def openapi() -> None:
    """Print the OpenAPI document; needs no server."""
    from app.asgi import litestar
    from app.composition import compose
    from app.kernel.http.openapi import document
    from app.kernel.settings import Settings

    nowhere = Settings(
        secret="x" * 32,
        valkey_url="valkey://127.0.0.1:1",
        valkey_cache_url="valkey://127.0.0.1:1",
        database_url="postgresql://127.0.0.1:1/none",
    )
    click.echo(json.dumps(document(litestar(compose(nowhere))), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main(prog_name="carnival")
