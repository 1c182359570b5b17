"""Keys of a purpose, and MACs under them."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.secrets import Mac, derive, keys_for
from app.kernel.settings import Settings


@given(st.binary(max_size=64), st.binary(max_size=400))
def test_a_mac_is_the_standard_one(key: bytes, message: bytes) -> None:
    assert Mac(key).digest(message) == hmac.digest(key, message, hashlib.sha256)


def test_a_mac_is_not_changed_by_what_it_was_used_for() -> None:
    mac = Mac(b"k")
    assert mac.digest(b"one") != mac.digest(b"other")
    assert mac.digest(b"one") == hmac.digest(b"k", b"one", "sha256")


def test_keys_of_two_purposes_differ() -> None:
    assert derive("master", "cursor") != derive("master", "ticket")


def test_the_previous_secret_still_reads() -> None:
    old, new = "the old secret of an installation", "the new secret of an installation"
    settings = Settings(
        secret=new,
        secret_previous=old,
        valkey_url="valkey://nowhere:1",
        valkey_cache_url="valkey://nowhere:2",
        database_url="postgresql://nowhere/none",
        object_store_url="file:///nowhere",
    )
    assert keys_for(settings, "ticket") == [derive(new, "ticket"), derive(old, "ticket")]
