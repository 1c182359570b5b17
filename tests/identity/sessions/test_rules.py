"""Refresh tokens: their form, and what cannot be forged."""

from hypothesis import given
from hypothesis import strategies as st

from app.identity.sessions import rules

keys = st.binary(min_size=32, max_size=32)
ids = st.integers(1, 2**63 - 1)
generations = st.integers(0, 2**32 - 1)
secrets = st.binary(min_size=32, max_size=32)


class TestForm:
    @given(keys, ids, generations, secrets)
    def test_a_token_survives_being_written(self, key, id_, generation, secret) -> None:
        token = rules.make_token(key, id_, generation, secret)
        written = token.written()

        assert rules.parse_token(written) == token
        assert token.ours([key])
        assert len(written) <= rules.TOKEN_CHARS_MAX

    @given(st.text(max_size=120))
    def test_anything_else_is_nothing_or_not_ours(self, text) -> None:
        for written in (text, "rt_" + text):
            token = rules.parse_token(written)
            assert token is None or not token.ours([bytes(32)])

    @given(keys, ids, generations, secrets, st.integers(0, 59), st.integers(0, 7))
    def test_a_changed_bit_is_not_ours(self, key, id_, generation, secret, byte, bit) -> None:
        token = rules.make_token(key, id_, generation, secret)
        raw = bytearray(rules._body(token) + token.mac)
        raw[byte] ^= 1 << bit
        (session, count), rest = rules._HEAD.unpack(raw[:12]), bytes(raw[12:])
        changed = rules.RefreshToken(session, count, rest[:32], rest[32:])

        assert not changed.ours([key])
        assert changed.hash != token.hash or changed.mac != token.mac


class TestSealing:
    @given(keys, ids, secrets, secrets)
    def test_only_the_token_before_yields_the_next_secret(self, key, id_, old, new) -> None:
        before = rules.make_token(key, id_, 0, old)
        sealed = rules.xor(new, before.pad())

        assert rules.xor(sealed, before.pad()) == new
        other = rules.make_token(key, id_, 0, bytes([old[0] ^ 1]) + old[1:])
        assert rules.xor(sealed, other.pad()) != new
