"""The runner of all checks tells the truth about them."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from app import checks
from app.checks import Checks, Outcome

SUITE = """
import pytest
def test_good(): pass
def test_bad(): assert False
@pytest.mark.parametrize("x", [1, 2])
def test_more(x): pass
"""


class Lines:
    """A console that remembers."""

    def __init__(self) -> None:
        self.file = io.StringIO()
        self.console = Console(file=self.file, width=200)

    def all(self) -> list[str]:
        return self.file.getvalue().splitlines()

    def summary(self) -> list[str]:
        """Those of the end."""
        return self.file.getvalue().partition("Summary")[2].splitlines()


def _with_steps(lines: Lines, *outcomes: Outcome, quiet: Sequence[Outcome] = ()) -> Checks:
    made = Checks(lines.console, faults=False)
    steps = [(f"Step {n}", lambda each=each: each) for n, each in enumerate(outcomes)]
    beside = [(f"Quiet {n}", lambda each=each: each) for n, each in enumerate(quiet)]
    made._steps = lambda: steps  # pyright: ignore
    made._quiet_steps = lambda: beside  # pyright: ignore
    return made


class TestRun:
    def test_a_failure_keeps_nothing_from_running_and_sets_the_status(self) -> None:
        lines = Lines()
        status = _with_steps(lines, Outcome(3, 1, "what went wrong"), Outcome(2, 0)).run()
        assert status == 1
        assert lines.all()[-1] == "5 passed, 1 failed"
        assert any("what went wrong" in line for line in lines.all())

    def test_what_runs_side_by_side_counts_and_shows_like_the_rest(self) -> None:
        lines = Lines()
        quiet = [Outcome(1, 0) for _ in range(5)] + [Outcome(0, 1, "what is wrong in a source")]
        status = _with_steps(lines, Outcome(2, 0), quiet=quiet).run()
        assert status == 1
        assert lines.all()[-1] == "7 passed, 1 failed"
        assert any("what is wrong in a source" in line for line in lines.all())
        for title in (*(f"Quiet {n}" for n in range(6)), "Step 0"):
            assert any(f" {title} " in line for line in lines.summary())

    def test_every_check_has_its_step(self) -> None:
        checks_made = Checks(Lines().console, faults=True)
        titles = [title for title, _ in (*checks_made._quiet_steps(), *checks_made._steps())]
        assert len(titles) == len(set(titles)) == 14

    def test_all_good(self) -> None:
        lines = Lines()
        assert _with_steps(lines, Outcome(3, 0)).run() == 0
        assert lines.all()[-1] == "3 passed, 0 failed"


class TestPytest:
    def test_counts_test_by_test(self, tmp_path: Path) -> None:
        (tmp_path / "test_some.py").write_text(SUITE)
        outcome = checks._pytest(str(tmp_path), "-p", "no:cacheprovider")
        assert (outcome.passed, outcome.failed) == (3, 1)

    def test_what_was_not_shown_is_told_when_it_failed(self, tmp_path: Path) -> None:
        (tmp_path / "test_some.py").write_text(SUITE)
        outcome = checks._pytest(str(tmp_path), "-p", "no:cacheprovider", shown=False)
        assert "test_bad" in outcome.output
        good = checks._pytest(str(tmp_path), "-k", "good", "-p", "no:cacheprovider", shown=False)
        assert (good.passed, good.failed, good.output) == (1, 0, "")

    def test_nothing_to_run_is_a_failure(self, tmp_path: Path) -> None:
        assert checks._pytest(str(tmp_path)).failed == 1


class TestBrowser:
    @pytest.mark.parametrize(("ci", "failed"), [("true", 1), ("", 0)])
    def test_without_a_browser_it_says_so_and_ci_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, failed: int
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("CI", ci)
        outcome = Checks(Lines().console, faults=False)._browser()
        assert outcome.note.startswith("NOT RUN")
        assert outcome.failed == failed


class TestCommand:
    def test_shows_output_only_of_a_failure(self) -> None:
        good = checks._command(Path("/bin/sh"), "-c", "echo fine")
        bad = checks._command(Path("/bin/sh"), "-c", "echo wrong; exit 3")
        assert (good.passed, good.failed, good.output) == (1, 0, "")
        assert (bad.passed, bad.failed, bad.output) == (0, 1, "wrong\n")
