"""The form of API keys."""

import re

from hypothesis import given
from hypothesis import strategies as st

from app.identity.keys import rules


class TestForm:
    @given(st.booleans())
    def test_a_key_is_recognised_and_says_which_kind(self, live: bool) -> None:
        key = rules.make_key(live=live)

        assert rules.looks_like_key(key)
        assert re.fullmatch(r"sk_(live|test)_[0-9A-Za-z]{38}", key)
        assert key.startswith("sk_live_") == live

    @given(st.booleans(), st.integers(0, rules.KEY_CHARS - 1), st.characters())
    def test_a_mistyped_key_is_recognised_as_such(self, live, place, char) -> None:
        key = rules.make_key(live=live)
        typed = key[:place] + char + key[place + 1 :]

        assert rules.looks_like_key(typed) == (typed == key)

    @given(st.text(max_size=60))
    def test_nothing_else_looks_like_one(self, text: str) -> None:
        assert not rules.looks_like_key(text)
        assert not rules.looks_like_key("sk_live_" + text)

    def test_no_two_are_the_same(self) -> None:
        assert len({rules.make_key(live=True) for _ in range(1000)}) == 1000

    def test_a_hint_tells_keys_apart_and_opens_nothing(self) -> None:
        key = rules.make_key(live=False)

        assert rules.hint_of(key) == f"sk_test_…{key[-4:]}"
        assert len(rules.hint_of(key)) <= 16
