"""`./carnival`: every command, each a few lines around the module that does the work."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from app import local
from app.living import living, settings_or_none

if TYPE_CHECKING:
    from app.composition import Composed
    from app.kernel.house import Audit

console = Console(highlight=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Carnival 狂欢城: interactive commerce, self-hosted.

    `up` runs everything on this machine, with a demo festival; `test` is every check.
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
    """Run everything on this machine: servers, web, workers, and a demo festival.

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
    from app.worker import run_worker, work

    local.adopt_instance(data)
    work(run_worker)


@main.command()
@_data_option
def transcoder(data: Path) -> None:
    """Encode films; as many machines as you like. Settings come from the environment."""
    from app.worker import run_transcoder, work

    local.adopt_instance(data)
    work(run_transcoder)


@main.command()
@_data_option
def migrate(data: Path) -> None:
    """Bring the database to the newest schema, as its owner.

    With DATABASE_ADMIN_URL in the environment, first make the database and the two roles that
    DATABASE_OWNER_URL and DATABASE_URL name.
    """
    from app.kernel.roles import create_database
    from app.migrations import upgrade

    local.adopt_instance(data)
    application = os.environ.get("DATABASE_URL", "")
    owner = os.environ.get("DATABASE_OWNER_URL") or application
    if not owner:
        raise click.ClickException("Give DATABASE_OWNER_URL (or DATABASE_URL), or run `up` once.")
    if admin := os.environ.get("DATABASE_ADMIN_URL"):
        create_database(admin, owner, application)
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


@main.command()
@_data_option
@click.option("--port", default=8080, envvar="CARNIVAL_PORT", help="The base port `up` would use.")
def doctor(data: Path, port: int) -> None:
    """Say what is wrong with this machine and its servers, and what to do."""
    sys.exit(asyncio.run(_doctor(data.resolve(), port)))


async def _doctor(data: Path, port: int) -> int:
    from app import doctor as doctors
    from app.kernel.logs import configure_logs

    table = Table(box=None, pad_edge=False)
    for title in ("", "", "State", "What to do"):
        table.add_column(title)
    ill = 0
    configure_logs("error", as_json=False)
    findings = list(doctors.machine(data, port))
    settings = settings_or_none(data) if local.runs(data) or "DATABASE_URL" in os.environ else None
    if settings is None:
        console.print("No server runs or is configured: looking at the machine only.")
    else:
        findings += [each async for each in doctors.servers(settings)]
    for each in findings:
        ill += bool(each.advice)
        sign = "[red]✗[/]" if each.advice else "[green]✓[/]"
        table.add_row(sign, each.subject, each.state, each.advice)
    console.print(table)
    return 1 if ill else 0


@main.command()
@_data_option
def audit(data: Path) -> None:
    """Compare live state with SQL; prints every broken invariant. Safe under load."""
    sys.exit(asyncio.run(_audit(data)))


async def _audit(data: Path) -> int:
    from app.kernel.valkey.quarantine import audit_quarantine

    broken = 0
    async with living(data) as composed:
        database = composed.house.database
        checks: dict[str, Audit] = {"quarantine": lambda: audit_quarantine(database)}
        for wiring in composed.wirings:
            checks.update(wiring.audits)
        for name, check in checks.items():
            complaints = await check()
            broken += len(complaints)
            sign = "[red]✗[/]" if complaints else "[green]✓[/]"
            console.print(f"{sign} {name}")
            for complaint in complaints:
                console.print(f"    {complaint}", markup=False)
    return 1 if broken else 0


@main.command("close-days")
@_data_option
def close_days(data: Path) -> None:
    """Close every UTC day of the ledger that has ended; workers do it each hour."""
    asyncio.run(_close_days(data))


async def _close_days(data: Path) -> None:
    async with living(data) as composed:
        closed = await composed.service("days").close_due()
    for day in closed:
        console.print(f"[green]✓[/] {day.day}: {day.transfers} transfers, {day.hash}")
    if not closed:
        console.print("Every day that has ended is closed")


@main.command()
@_data_option
def rebuild(data: Path) -> None:
    """Make the live state again from SQL, after the live Valkey was lost."""
    asyncio.run(_rebuild(data))


async def _rebuild(data: Path) -> None:
    async with living(data) as composed:
        for wiring in composed.wirings:
            for name, make in wiring.rebuilds.items():
                with console.status(f"Rebuilding {name}"):
                    count = await make()
                console.print(f"[green]✓[/] {name}: {count}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_data_option
def backup(folder: Path, data: Path) -> None:
    """Keep what the running instance holds in FOLDER, which is made and verified."""
    asyncio.run(_backup(folder, data))


async def _backup(folder: Path, data: Path) -> None:
    from app.backup import take

    async with living(data) as composed:
        owner_url = composed.house.settings.database_owner_url
        made = await take(composed.house, owner_url or os.environ["DATABASE_URL"], folder)
    if "CARNIVAL_SECRET" in os.environ:
        # receipts and tickets are worth nothing without it
        local.write_private(folder / "secret", os.environ["CARNIVAL_SECRET"].encode())
    size = sum(file.size for file in made.files.values()) / 1e6
    console.print(f"[green]✓[/] {folder}: {size:.1f} MB, {made.decisions} decisions beside SQL")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_data_option
def restore(folder: Path, data: Path) -> None:
    """Put the backup in FOLDER back; web and workers have to be stopped."""
    from app.backup import put_back, servers_alone

    data = data.resolve()
    with servers_alone(data, folder):
        put_back(folder, os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
        count = asyncio.run(_catch_up(folder, data))
    console.print(f"[green]✓[/] {folder} is back, and {count} decisions were looked at again")


async def _catch_up(folder: Path, data: Path) -> int:
    from app.backup import catch_up

    async with living(data) as composed:
        return await catch_up(composed, folder)


@main.command()
@click.argument("count", type=click.IntRange(1, 100_000))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--brand", is_flag=True, help="The first owns a brand with money for packets.")
@_data_option
def rehearse(count: int, out: Path, brand: bool, data: Path) -> None:
    """Sign COUNT virtual shoppers in for a rehearsal; writes their tokens, a line each."""
    asyncio.run(_rehearse(count, out, data, brand=brand))


async def _rehearse(count: int, out: Path, data: Path, *, brand: bool) -> None:
    from app.kernel.structs import encode_json
    from app.rehearse import crowd_sign_ins, give_brand, give_film

    async with living(data) as composed:
        crowd = [made async for made in crowd_sign_ins(composed.house, count)]
        if brand:
            crowd[0] = await give_film(composed, await give_brand(composed, crowd[0]))
        lines = [encode_json(made) for made in crowd]
    local.write_private(out, b"\n".join(lines) + b"\n")
    console.print(f"[green]✓[/] {count} sign-ins in {out}")


@main.command()
@click.argument("phone")
@click.option("--remove", is_flag=True, help="Take it back, within two seconds everywhere.")
@_data_option
def operator(phone: str, remove: bool, data: Path) -> None:
    """Make the owner of PHONE an operator of the house, such as the first one."""
    asyncio.run(_operator(phone, remove, data))


async def _operator(phone: str, remove: bool, data: Path) -> None:
    from app.identity.interfaces import Memberships
    from app.kernel.errors import AppError

    async with living(data) as composed:
        members = composed.house.doors.get(Memberships)
        change = members.remove_operator if remove else members.make_operator
        try:
            async with composed.house.database.transaction() as tx:
                await change(tx, phone)
        except AppError as error:
            raise click.ClickException(error.detail) from error
    console.print(f"[green]✓[/] {phone} is {'no longer' if remove else 'now'} an operator")


@main.command()
@_data_option
def demo(data: Path) -> None:
    """Load the demo festival; what is there already stays as it is."""
    from app.demo.festival import load

    asyncio.run(_demo(data, load))


@main.command()
@_data_option
def premiere(data: Path) -> None:
    """Wait for the demo festival's films, and show them."""
    from app.demo import festival as shown

    asyncio.run(_demo(data, shown.premiere))


async def _demo(data: Path, load: "Callable[[Composed], Awaitable[object]]") -> None:
    async with living(data) as composed:
        await load(composed)


@main.command()
@click.option("--faults", is_flag=True, help="Also the long fault tests.")
def test(faults: bool) -> None:
    """Run every check: lint, types, contracts, house rules, tests, browser, a rehearsal."""
    from app.checks import Checks

    sys.exit(Checks(console, faults=faults).run())


@main.command()
@click.option("--profile", default="smoke", help="How much load: see loadtests/shapes.py.")
@click.option("--fresh", is_flag=True, help="On an instance made for this, in --data.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures there.")
@_data_option
def festival(profile: str, fresh: bool, json_file: Path | None, data: Path) -> None:
    """Rehearse: load the running instance, then judge whether it kept all it promised."""
    from app.festival import fresh_instance, rehearse

    data = data.resolve()
    arguments = ["--profile", profile, *(["--json", str(json_file)] if json_file else [])]
    try:
        if fresh:
            with fresh_instance(data) as url:
                sys.exit(rehearse(data, url, arguments))
        local.adopt_instance(data)
        if "CARNIVAL_PUBLIC_URL" not in os.environ:
            raise click.ClickException("Nothing runs here: start `up`, or use --fresh.")
        sys.exit(rehearse(data, os.environ["CARNIVAL_PUBLIC_URL"], arguments))
    except local.Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str, arguments: tuple[str, ...]) -> None:
    """Measure side by side with honest baselines: `bench feed [--json FILE]`."""
    # a client of its own, that imports no application code
    sys.exit(subprocess.run([sys.executable, "-m", "loadtests.bench", name, *arguments]).returncode)


if __name__ == "__main__":
    main(prog_name="carnival")
