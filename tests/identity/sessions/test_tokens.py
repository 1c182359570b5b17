"""Access tokens: what is accepted, and everything that is not."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.errors import TokenInvalid
from app.identity.sessions.tokens import AUDIENCE, CACHE_TOKENS_MAX, ISSUER, AccessTokens
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.secrets import derive
from app.kernel.settings import Settings

OLD, NEW = "the secret of the year before, long enough", "the secret of this year, long enough"


def settings_with(secret: str, previous: str | None = None) -> Settings:
    return Settings(
        secret=secret,
        secret_previous=previous,
        valkey_url="valkey://unused",
        valkey_cache_url="valkey://unused",
        database_url="postgresql://unused",
    )


ids = st.integers(1, 2**63 - 1)
actors = st.builds(
    Actor,
    kind=st.sampled_from([ActorKind.SHOPPER, ActorKind.MEMBER, ActorKind.OPERATOR]),
    id=ids,
    session_id=ids,
    brand_id=st.none() | ids,
    role=st.none() | st.sampled_from(["owner", "clerk"]),
    live=st.booleans(),
)
SHOPPER = Actor(kind=ActorKind.SHOPPER, id=7, session_id=8)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> AccessTokens:
    return AccessTokens(settings_with(NEW), clock)


def forged(tokens: AccessTokens, *, key: bytes | None = None, **changes: object) -> str:
    """A token made like ours but for `changes` of header (`h_…`) and claims."""
    good, _ = tokens.issue(SHOPPER)
    header = jwt.get_unverified_header(good)
    claims = jwt.decode(good, options={"verify_signature": False})
    for name, value in changes.items():
        part, field = (header, name[2:]) if name.startswith("h_") else (claims, name)
        part.pop(field, None)
        if value is not None:
            part[field] = value
    key = (
        key
        or tokens.accepted(int(tokens._clock.now_seconds()))[jwt.get_unverified_header(good)["kid"]]
    )
    algorithm = str(header.pop("alg", "HS256"))
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)


def refused(tokens: AccessTokens, token: str, scheme: str = "Bearer") -> None:
    with pytest.raises(TokenInvalid):
        tokens.verify(f"{scheme} {token}")


class TestGoodTokens:
    @given(actors, st.none() | ids)
    def test_the_actor_comes_back(self, actor: Actor, grant: int | None) -> None:
        clock = Clock()
        tokens = AccessTokens(settings_with(NEW), clock)
        token, ends = tokens.issue(actor, grant_id=grant)

        found = tokens.verify(f"Bearer {token}")

        assert found.actor == actor
        assert found.grant_id == grant
        left = (ends - clock.now()).total_seconds()
        assert 590 < left <= 600
        assert 590 < found.expires_seconds - clock.now_seconds() <= 600

    def test_the_scheme_is_read_in_any_case(self, tokens: AccessTokens) -> None:
        token, _ = tokens.issue(SHOPPER)

        assert tokens.verify(f"bearer {token}").actor == SHOPPER

    def test_no_token_lives_longer_than_ten_minutes(self, tokens: AccessTokens) -> None:
        token, _ = tokens.issue(SHOPPER)
        claims = jwt.decode(token, options={"verify_signature": False})

        assert claims["exp"] - claims["iat"] <= 600

    def test_tokens_made_before_midnight_are_good_after_it(self, tokens, clock: Clock) -> None:
        token, _ = tokens.issue(SHOPPER)
        before = jwt.get_unverified_header(token)["kid"]
        clock.shift(timedelta(days=1))
        tomorrow, _ = tokens.issue(SHOPPER)

        assert tokens.verify(f"Bearer {token}").actor == SHOPPER
        assert jwt.get_unverified_header(tomorrow)["kid"] != before

    def test_a_process_whose_clock_is_ahead_is_understood(self, tokens: AccessTokens) -> None:
        ahead = Clock()
        ahead.shift(timedelta(days=1))
        token, _ = AccessTokens(settings_with(NEW), ahead).issue(SHOPPER)

        assert tokens.verify(f"Bearer {token}").actor == SHOPPER


class TestRotation:
    def test_the_secret_before_is_good_until_it_is_taken_out(self, clock: Clock) -> None:
        token, _ = AccessTokens(settings_with(OLD), clock).issue(SHOPPER)

        both = AccessTokens(settings_with(NEW, OLD), clock)
        assert both.verify(f"Bearer {token}").actor == SHOPPER
        refused(AccessTokens(settings_with(NEW), clock), token)

    def test_new_tokens_are_signed_with_the_new_secret(self, clock: Clock) -> None:
        token, _ = AccessTokens(settings_with(NEW, OLD), clock).issue(SHOPPER)

        assert AccessTokens(settings_with(NEW), clock).verify(f"Bearer {token}")
        refused(AccessTokens(settings_with(OLD), clock), token)

    def test_a_key_is_of_no_use_two_days_later(self, tokens, clock: Clock) -> None:
        token, _ = tokens.issue(SHOPPER)
        clock.shift(timedelta(days=2))

        refused(tokens, token)


class TestTampering:
    def test_the_forger_of_these_tests_can_make_a_good_token(self, tokens) -> None:
        assert tokens.verify(f"Bearer {forged(tokens)}").actor == SHOPPER

    def test_no_changed_bit_passes(self, tokens: AccessTokens) -> None:
        token, _ = tokens.issue(SHOPPER)
        for part, text in enumerate(token.split(".")):
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            for bit in range(len(raw) * 8):
                flipped = bytearray(raw)
                flipped[bit // 8] ^= 1 << bit % 8
                parts = token.split(".")
                parts[part] = base64.urlsafe_b64encode(flipped).rstrip(b"=").decode()
                refused(tokens, ".".join(parts))

    def test_no_algorithm_is_no_signature(self, tokens: AccessTokens) -> None:
        good, _ = tokens.issue(SHOPPER)
        header = jwt.get_unverified_header(good)
        for algorithm in ("none", "None", "NONE", "", None):
            changed = json.dumps(header | {"alg": algorithm}).encode()
            first = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
            body = good.split(".")[1]
            refused(tokens, f"{first}.{body}.")
            refused(tokens, f"{first}.{body}.{good.split('.')[2]}")

    @pytest.mark.parametrize(
        "changes",
        [
            {"h_alg": "HS512"},
            {"h_alg": "HS384"},
            {"h_kid": "another"},
            {"h_kid": None},
            {"h_typ": "JWT"},
            {"h_typ": None},
            {"aud": "carnival:ticket"},
            {"aud": None},
            {"iss": "another"},
            {"iss": None},
            {"sub": None},
            {"sub": "seven"},
            {"sub": 7},
            {"sid": None},
            {"kind": "key-master"},
            {"kind": None},
            {"exp": None},
            {"exp": "soon"},
            {"live": None},
            {"live": "yes"},
        ],
    )
    def test_signed_but_not_meant_for_this(self, tokens: AccessTokens, changes) -> None:
        refused(tokens, forged(tokens, **changes))

    def test_a_key_of_another_purpose_signs_nothing(self, tokens: AccessTokens) -> None:
        for purpose in ("cursor", "refresh-token", "one-time-code"):
            refused(tokens, forged(tokens, key=derive(NEW, purpose)))

    def test_the_kid_of_one_day_with_the_key_of_another(self, tokens, clock: Clock) -> None:
        accepted = list(tokens.accepted(int(clock.now_seconds())).items())
        (kid, _), (_, key) = accepted[0], accepted[2]

        refused(tokens, forged(tokens, key=key, h_kid=kid))

    @given(st.text(max_size=60))
    def test_any_text_is_refused_and_nothing_else_happens(self, text: str) -> None:
        tokens = AccessTokens(settings_with(NEW), Clock())
        refused(tokens, text)
        refused(tokens, text, scheme="Basic")

    def test_a_very_long_header_is_not_even_read(self, tokens: AccessTokens) -> None:
        refused(tokens, "a." * 10_000)


class TestMemory:
    def test_it_is_bounded(self, tokens: AccessTokens) -> None:
        assert tokens.verified.cache_parameters()["maxsize"] == CACHE_TOKENS_MAX

    def test_refusals_are_not_remembered(self, tokens: AccessTokens) -> None:
        for _ in range(3):
            with pytest.raises(TokenInvalid):
                tokens.verified("Bearer nothing")

        assert tokens.verified.cache_info().currsize == 0

    def test_names_are_what_the_contract_says(self) -> None:
        assert (ISSUER, AUDIENCE) == ("carnival", "carnival:access")
