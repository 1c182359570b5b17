"""The house rules: each looks at the files of the repository and names what breaks it.

A rule's docstring says why it exists; the test prints it with the findings.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FUNCTION_LINES_MAX = 70
MODULE_LINES_MAX = 400
LUA_LINES_MAX = 80
COLUMNS_MAX = 100
SLICE_ROOMS = {
    *("__init__", "plugin", "controllers", "tasks", "service", "store", "repository"),
    *("models", "rules", "schemas", "interfaces", "events", "errors"),
}
DOORS = {"plugin", "interfaces", "events", "errors"}
DOMAINS = ("media", "campaigns", "games", "feeds")
SCRIPT_HEADER = ("PURPOSE", "GUARANTEE", "KEYS", "ARGV", "RETURNS", "ERRORS")
_PRAGMA = re.compile(r"\s+# (noqa|type:|pyright:).*")
_PICTURE = re.compile(r'"data:image|\bd="|\bd: "|<path |["`]M-?[0-9]')
_GENERATED = "app/migrations/versions/"
Rule = Callable[[Path], Iterator[str]]


def files(root: Path, *suffixes: str) -> list[Path]:
    """Files of the repository with one of these endings: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = (root / name for name in listed.split("\0") if name.endswith(suffixes))
    return sorted(path for path in set(found) if path.is_file())


def where(root: Path, path: Path, line: int) -> str:
    """A place in the form editors open."""
    return f"{path.relative_to(root)}:{line}"


def short_functions(root: Path) -> Iterator[str]:
    """A function longer than 70 lines is not read, it is searched; split it where it breathes."""
    for path in files(root, ".py"):
        if _GENERATED in path.as_posix():
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    yield f"{where(root, path, node.lineno)} {node.name} has {length} lines"


def short_modules(root: Path) -> Iterator[str]:
    """A module longer than 400 lines holds two things; give each its name."""
    for path in files(root, ".py", ".ts", ".tsx"):
        length = len(path.read_text().splitlines())
        if length > MODULE_LINES_MAX and _GENERATED not in path.as_posix():
            yield f"{where(root, path, 1)} has {length} lines"


def short_scripts(root: Path) -> Iterator[str]:
    """A script stops the whole server while it runs, so each must be readable at one glance."""
    for path in files(root, ".lua"):
        length = len(path.read_text().splitlines())
        if length > LUA_LINES_MAX:
            yield f"{where(root, path, 1)} has {length} lines"


def short_lines(root: Path) -> Iterator[str]:
    """Two files fit beside each other on a screen at 100 columns, and diffs stay readable."""
    for path in files(root, ".py", ".lua", ".ts", ".tsx", ".css", ".sh"):
        if _GENERATED in path.as_posix():
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            seen = _PRAGMA.sub("", line)
            if len(seen) > COLUMNS_MAX and not _PICTURE.search(seen):
                yield f"{where(root, path, number)} has {len(line)} columns"


def finished(root: Path) -> Iterator[str]:
    """A mark that something is unfinished outlives every plan to finish it: do it, or do not."""
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error", "for" + " now")
    marks += ("pytest." + "skip(", "pytest.mark." + "skip", "pytest.mark." + "xfail")
    for path in files(root, ".py", ".lua", ".ts", ".tsx"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for mark in marks:
                if mark in line:
                    yield f"{where(root, path, number)} says {mark!r}"


def no_hosts(root: Path) -> Iterator[str]:
    """A registry's host in a lock file breaks everybody behind a mirror; lock by hash only."""
    pattern = re.compile(
        r'"resolved": *"http|registry *= *"http|--(extra-)?index-url|https?://[^ "]*/simple/'
    )
    for path in files(root, ".json", ".txt", ".toml", ".npmrc", ".yaml", "Dockerfile"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if pattern.search(line):
                yield f"{where(root, path, number)} names a registry"


def pure_bundles(root: Path) -> Iterator[str]:
    """A committed bundle and its sources drift apart; bundles are built at install."""
    for path in files(root, ".js", ".css", ".html"):
        if "dist" in path.relative_to(root).parts:
            yield f"{where(root, path, 1)} is a built file"


def slices(root: Path) -> list[Path]:
    """Every folder that is a slice: it has a plugin."""
    domains = [root / name for name in DOMAINS] + [root / "app" / "identity"]
    return sorted(path.parent for domain in domains for path in domain.glob("*/plugin.py"))


def known_rooms(root: Path) -> Iterator[str]:
    """A reader finds the room from the name; a slice has the same rooms as every other slice."""
    for folder in slices(root):
        for path in sorted(folder.glob("*.py")):
            if path.stem not in SLICE_ROOMS:
                yield f"{where(root, path, 1)} is no room of a slice"


def doors_only(root: Path) -> Iterator[str]:
    """Slices reach each other by plugin, interfaces, events and errors; any other import ties two
    insides together, and neither can be changed alone again."""
    homes = {
        folder.relative_to(root).as_posix().replace("/", "."): folder for folder in slices(root)
    }
    for home, folder in homes.items():
        for path in sorted(folder.rglob("*.py")):
            for line, module in _imports(path):
                for other in homes:
                    inside = module.removeprefix(other + ".")
                    foreign = module.startswith(other + ".") and other != home
                    if foreign and inside.partition(".")[0] not in DOORS:
                        yield f"{where(root, path, line)} imports {module}"


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def one_reader_of_environment(root: Path) -> Iterator[str]:
    """Settings come in by one door, documented and checked; a value read elsewhere is neither."""
    allowed = {"app/kernel/settings.py", "app/kernel/embedded/process.py", "app/web/build.py"}
    allowed |= {"app/migrations/env.py"}
    for path in files(root, ".py"):
        name = path.relative_to(root).as_posix()
        entry_point = path.parent == root / "app"
        if (
            name in allowed
            or entry_point
            or not name.startswith(("app/", *(f"{each}/" for each in DOMAINS)))
        ):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "os.environ" in line or "os.getenv" in line:
                yield f"{where(root, path, number)} reads the environment"


def script_headers(root: Path) -> Iterator[str]:
    """A script's caller sees neither its types nor its names: the header is its signature."""
    for path in files(root, ".lua"):
        if "include" in path.parts or "tests" in path.relative_to(root).parts:
            continue
        text = path.read_text()
        for word in SCRIPT_HEADER:
            if f"-- {word}" not in text:
                yield f"{where(root, path, 1)} has no {word}"


def no_orphan_scripts(root: Path) -> Iterator[str]:
    """A script that nobody loads is tested by nobody either, and misleads who reads it."""
    sources = "\n".join(path.read_text() for path in files(root, ".py"))
    scripts = files(root, ".lua")
    included = "\n".join(path.read_text() for path in scripts)
    for path in scripts:
        if "include" in path.parts:
            used = f"@include {path.stem}" in included
        else:
            used = path.name in sources or f'"{path.stem}"' in sources
        if not used:
            yield f"{where(root, path, 1)} is not used"


def mirrored_tests(root: Path) -> Iterator[str]:
    """Tests mirror the rooms: a test folder without its room tests something that moved away."""
    for domain in DOMAINS:
        for folder in sorted((root / "tests" / domain).glob("*/")):
            if folder.name != "__pycache__" and not (root / domain / folder.name).exists():
                yield f"tests/{domain}/{folder.name} has no room {domain}/{folder.name}"


RULES: tuple[Rule, ...] = (
    short_functions,
    short_modules,
    short_scripts,
    short_lines,
    finished,
    no_hosts,
    pure_bundles,
    known_rooms,
    doors_only,
    one_reader_of_environment,
    script_headers,
    no_orphan_scripts,
    mirrored_tests,
)
