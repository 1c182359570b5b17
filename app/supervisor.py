"""`carnival up`: runs every process of an installation as a child and keeps them running.

Start: Valkeys and PostgreSQL, migrations, workers and web, demo; each is waited for by polling.
A child that dies is started again, at once the first time and then with growing pauses. Stop, at
SIGTERM or SIGINT: web drains, the workers finish, then PostgreSQL, then the Valkeys; so whoever
writes is gone before the one who keeps.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
from rich.console import Console
from rich.markup import escape

from app.kernel.embedded.process import Program
from app.local import HOME, Local, environment_of, lan_addresses
from app.web import build

_FIRST_PAUSE_SECONDS = 0.2
_PAUSE_SECONDS_MAX = 30.0
_STEADY_SECONDS = 60.0
"""A child that ran so long counts as healthy: its next restart comes at once again."""
_READY_SECONDS = 60.0
_QUIET_SECONDS = 10.0
"""The terminal shows the same line of a child again only after this."""
_TEXT_COLUMNS_MAX = 200
_LOG_BYTES_MAX = 20_000_000
_LINE_BYTES_MAX = 1_000_000

_STOPS = (("web",), ("worker", "transcoder"), ("postgres",), ("valkey-cache", "valkey-live"))
"""Who writes is gone before the one who keeps."""

Ready = Callable[[], Awaitable[bool]]


class ChildFailed(Exception):
    """A child did not become ready; the message carries the end of its log."""


class Child:
    """One process that has to run: started, watched, restarted, stopped."""

    def __init__(self, program: Program, folder: Path, console: Console, ready: Ready) -> None:
        self.program = program
        self.restarts = 0
        self._ready = ready
        self._console = console
        self._log_path = folder / f"{program.name}.log"
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._recent: list[str] = []
        self._said, self._said_until = "", 0.0
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and alive else None

    async def start(self) -> None:
        """Start it and wait until it is ready; from then on it is kept running."""
        self._keeping = asyncio.create_task(self._keep(), name=self.program.name)
        deadline = time.monotonic() + _READY_SECONDS
        while not (self.pid is not None and await self._ready()):
            if self.restarts > 2 or time.monotonic() > deadline:
                raise ChildFailed(f"{self.program.name} does not start:\n" + self.last_lines())
            await asyncio.sleep(0.05)

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._stopping:
            begun = time.monotonic()
            status = await self._run_once()
            if self._stopping:
                return
            if time.monotonic() - begun > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            self.restarts += 1
            self._say(f"ended ({_describe(status)}), starting again in {pause:g} s", "yellow")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _PAUSE_SECONDS_MAX)

    async def _run_once(self) -> int:
        """Run it to its end with its output in the log. Returns its exit status.

        The pipe is ours: asyncio would wait for the end of one of its own, which whoever the
        child left behind keeps open.
        """
        loop = asyncio.get_running_loop()
        source, sink = os.pipe()
        reader = asyncio.StreamReader(limit=_LINE_BYTES_MAX)
        pipe, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(source, "rb")
        )
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                *self.program.argv, stdout=sink, stderr=sink, **self.program.options()
            )
        finally:
            os.close(sink)
        reading = asyncio.create_task(self._read(reader))
        status = await process.wait()
        _end_group(process.pid)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reading, 2.0)
        pipe.close()
        return status

    async def _read(self, output: asyncio.StreamReader) -> None:
        if self._log_path.exists() and self._log_path.stat().st_size > _LOG_BYTES_MAX:
            self._log_path.rename(self._log_path.with_suffix(".log.1"))
        with self._log_path.open("ab", buffering=0) as file:
            while True:
                try:
                    line = await output.readline()
                except ValueError:
                    continue  # longer than the limit: dropped, the reader stands behind it
                if not line:
                    return
                file.write(line)
                self._show(line.decode(errors="replace").rstrip())

    def _show(self, line: str) -> None:
        self._recent = [*self._recent[-29:], line]
        style, text = _important(line) or ("", "")
        now = time.monotonic()
        if text and (text != self._said or now > self._said_until):
            self._said, self._said_until = text, now + _QUIET_SECONDS
            self._say(text, style)

    def saw(self, text: str) -> bool:
        """Whether one of its last lines contains this text."""
        return any(text in line for line in self._recent)

    def last_lines(self) -> str:
        """The end of its output."""
        return "\n".join(self._recent[-15:])

    def _say(self, text: str, style: str) -> None:
        moment = time.strftime("%H:%M:%S")
        name = self.program.name
        self._console.print(
            f"[dim]{moment}[/] [bold]{name:<13}[/] [{style}]{escape(text)}[/]", soft_wrap=True
        )

    async def stop(self) -> None:
        """Ask it to stop, wait, and kill it when it does not."""
        self._stopping = True
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(self.program.stop_signal)
            try:
                await asyncio.wait_for(self._process.wait(), self.program.stop_seconds)
            except TimeoutError:
                self._say("does not stop, killed", "red")
                self._process.kill()
        if self._keeping is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._keeping, 5.0)


class Supervisor:
    """All children of one installation, from the first start to the ordered stop."""

    def __init__(self, local: Local, console: Console) -> None:
        self._local = local
        self._console = console
        self.children: list[Child] = []

    async def run(self) -> int:
        """Start everything, keep it running until a signal, stop it in order."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
        (self._local.data / "open").unlink(missing_ok=True)
        starting = asyncio.create_task(self._start())
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await waiting
            return 0
        except ChildFailed as error:
            self._console.print(f"[red]{escape(str(error))}[/]", soft_wrap=True)
            return 1
        finally:
            starting.cancel()
            waiting.cancel()
            await asyncio.gather(starting, waiting, return_exceptions=True)
            await self.stop()

    async def _start(self) -> None:
        begun = time.monotonic()
        local = self._local
        building = asyncio.create_task(self._build_pages())
        try:
            async with self._step("Servers: PostgreSQL 18, two Valkeys"):
                await asyncio.gather(*(self._add(child) for child in self._servers()))
                if postgres := local.postgres():
                    await asyncio.to_thread(postgres.create_database)
            async with self._step("Schema"):
                await self._once("migrate", local.owner_environment())
            await building
        finally:
            building.cancel()
        async with self._step("Worker and web"):
            web = self._ours("web", metrics_port=local.port + 4)
            await asyncio.gather(
                self._add_worker("worker", metrics_port=local.port + 5),
                self._add(self._child(web, lambda: _answers(local.url))),
            )
        # the doors open before the festival is complete: it fills while somebody looks
        self._announce(time.monotonic() - begun)
        async with self._step("Transcoder"):
            await self._add_worker("transcoder", metrics_port=local.port + 6)
        if local.demo:
            async with self._step("Demo festival"):
                await self._once("demo", local.environment())
        (local.data / "open").touch()
        if local.demo:
            async with self._step("Demo films"):
                await self._once("premiere", local.environment())

    def _servers(self) -> list[Child]:
        found: list[Child] = []
        for server in (self._local.live(), self._local.cache(), self._local.postgres()):
            if server is not None:
                found.append(self._child(server.prepare(), _in_thread(server.ready)))
        return found

    def _ours(self, command: str, *, metrics_port: int) -> Program:
        values = self._local.environment() | {"CARNIVAL_METRICS_PORT": str(metrics_port)}
        return Program(
            name=command,
            argv=(sys.executable, "-P", "-m", "app.cli", command),
            directory=HOME,
            environment=environment_of(values),
        )

    def _child(self, program: Program, ready: Ready) -> Child:
        return Child(program, self._local.data / "log", self._console, ready)

    async def _add(self, child: Child) -> None:
        self.children.append(child)
        await child.start()

    async def _add_worker(self, command: str, *, metrics_port: int) -> None:
        program = self._ours(command, metrics_port=metrics_port)
        child = self._child(program, lambda: _true(child.saw("worker_ready")))
        await self._add(child)

    async def _build_pages(self) -> None:
        for page in build.pages():
            if build.stale(page):
                try:
                    async with self._step(f"Page {page.name}, built with Node"):
                        await asyncio.to_thread(build.build, page)
                except build.BuildFailed as error:
                    # the API is of use without its pages, which then say that they are missing
                    log = self._local.data / "log" / "build.log"
                    log.write_text(str(error))
                    self._console.print(f"[red]✗ Page {page.name} was not built, see {log}[/]")

    async def _once(self, command: str, values: Mapping[str, str]) -> None:
        """Run one of our commands to its end. Raises `ChildFailed` with its output."""
        program = self._ours(command, metrics_port=0)
        program = msgspec.structs.replace(program, environment=environment_of(values))
        log = self._local.data / "log" / f"{command}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *program.argv, stdout=output, stderr=output, **program.options()
            )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
        finally:
            _end_group(process.pid)
        if status != 0:
            tail = log.read_text(errors="replace").splitlines()[-25:]
            raise ChildFailed(f"`carnival {command}` failed:\n" + "\n".join(tail))

    @asynccontextmanager
    async def _step(self, title: str) -> AsyncGenerator[None]:
        begun = time.monotonic()
        if self._console.is_terminal:
            self._console.print(f"[dim]  … {title}[/]")
        yield
        self._console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - begun:.1f} s[/]")

    def _announce(self, seconds: float) -> None:
        local, out = self._local, self._console
        out.print(f"\n[bold]Carnival 狂欢城 is open[/] [dim]after {seconds:.1f} s[/]")
        out.print(f"  Mobile client   {local.url}/")
        if local.host == "0.0.0.0":  # noqa: S104
            for address in lan_addresses(local.port):
                out.print(f"  On your phone   {address}/")
        out.print(f"  API docs        {local.url}/docs")
        out.print(f"  Console         {local.url}/console")
        if local.demo:
            out.print("  Sign in         phone [bold]13800000001[/]; the code appears below,")
            out.print(f"                  and in {local.codes};")
            out.print("                  a brand's owner, for the console: 13800000011")
        out.print(f"  Logs            {local.data / 'log'}")
        out.print("  Stop            Ctrl-C\n")

    async def stop(self) -> None:
        """Ordered: web, workers, PostgreSQL, then the Valkeys."""
        for turn in _STOPS:
            stopping = [child for child in self.children if child.program.name in turn]
            await asyncio.gather(*(self._stop(child) for child in stopping))

    async def _stop(self, child: Child) -> None:
        if child.pid is None:
            await child.stop()
            return
        async with self._step(f"Stopped {child.program.name}"):
            await child.stop()


def _end_group(leader: int) -> None:
    """End what a process started and left behind: web workers would hold the port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


async def _true(value: bool) -> bool:
    return value


def _in_thread(ready: Callable[[], bool]) -> Ready:
    async def check() -> bool:
        return await asyncio.to_thread(ready)

    return check


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=3.0, trust_env=False) as client:
            return (await client.get(f"{url}/health/ready")).status_code == 200
    except httpx.HTTPError:
        return False


def _describe(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


class _Line(msgspec.Struct):
    """What we look at of a structured log line."""

    level: str
    event: str
    error: str = ""


def _important(line: str) -> tuple[str, str] | None:
    """Style and text of what people at the terminal must see; None for the rest."""
    if line.startswith("One-time code"):
        return "bold green", line
    try:
        entry = msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError:
        return None
    if entry.level not in ("warning", "error", "critical"):
        return None
    text = f"{entry.event} {entry.error}".strip().partition("\n")[0][:_TEXT_COLUMNS_MAX]
    return ("yellow" if entry.level == "warning" else "red"), text
