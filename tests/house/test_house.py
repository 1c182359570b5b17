"""The repository keeps the house rules, and every rule notices when it is broken."""

import subprocess
from pathlib import Path

import pytest

from tests.house import house
from tests.house.house import ROOT, RULES, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    found = list(rule(ROOT))
    assert not found, f"{rule.__doc__}\n  " + "\n  ".join(found[:40])


LONG = "\n".join(["def f():", *("    x = 1" for _ in range(80))])
BROKEN: dict[str, tuple[str, str]] = {
    "short_functions": ("app/long.py", LONG),
    "short_modules": ("app/long.py", "x = 1\n" * 401),
    "short_scripts": ("feeds/posts/lua/long.lua", "-- x\n" * 81),
    "short_lines": ("app/wide.py", "x = '" + "y" * 100 + "'\n"),
    "finished": ("app/half.py", "# TO" + "DO: the rest\n"),
    "no_hosts": ("app/web/play/package-lock.json", '{"resolved":' + ' "https://r.example/x"}\n'),
    "pure_bundles": ("app/web/play/dist/main.js", "built()\n"),
    "known_rooms": ("feeds/posts/helpers.py", "x = 1\n"),
    "doors_only": ("feeds/posts/service.py", "from feeds.likes.store import LikeStore\n"),
    "one_reader_of_environment": ("feeds/posts/service.py", "import os\nx = os.environ['X']\n"),
    "script_headers": ("feeds/posts/lua/bare.lua", "return 1\n"),
    "no_orphan_scripts": ("feeds/posts/lua/alone.lua", "return 1\n"),
    "mirrored_tests": ("tests/feeds/gone/test_store.py", "x = 1\n"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_notices(rule: Rule, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for name in ("feeds/posts/plugin.py", "feeds/likes/plugin.py"):
        _write(tmp_path, name, '"""A slice."""\n')
    assert not list(rule(tmp_path))
    _write(tmp_path, *BROKEN[rule.__name__])
    assert list(rule(tmp_path))


def test_doors_of_other_slices_are_open(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for name in ("feeds/posts/plugin.py", "feeds/likes/plugin.py"):
        _write(tmp_path, name, '"""A slice."""\n')
    _write(tmp_path, "feeds/posts/service.py", "from feeds.likes.interfaces import Likes\n")
    assert not list(house.doors_only(tmp_path))


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
