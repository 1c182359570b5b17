"""What an API key may be allowed is something that somewhere asks for it."""

from pathlib import Path

import pytest

from app.identity.interfaces import Scope

HOME = Path(__file__).parents[2]
DOMAINS = ("app", "campaigns", "feeds", "games", "media")


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_guards_something(scope: Scope) -> None:
    name = f"Scope.{scope.name}"
    sources = (path for domain in DOMAINS for path in (HOME / domain).rglob("*.py"))
    assert any(name in path.read_text() for path in sources)
