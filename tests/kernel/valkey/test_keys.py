"""Buckets never change, are even, and spread over a cluster."""

import re

from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from app.kernel.valkey.keys import BUCKETS, bucket_key, bucket_of, by_bucket, key
from app.kernel.valkey.routes import slot_of, slot_of_command

ids = st.integers(min_value=0, max_value=2**63 - 1)


class TestBucketOf:
    def test_is_pinned_for_ever(self):
        """A change here would orphan every key of every installation."""
        pinned = {0: 0, 1: 21, 2: 54, 3: 7, 7: 4, 1000: 48, 2**62 + 12345: 50, 2**63 - 1: 22}
        assert {id_: bucket_of(id_) for id_ in pinned} == pinned

    def test_ids_of_one_node_and_sequence_are_spread(self):
        """Ids made one a millisecond differ in their high bits only; small ones in the low bits."""
        for step in (1, 2**12, 2**22, 2**32):
            counts = [0] * BUCKETS
            for n in range(6400):
                counts[bucket_of(n * step)] += 1
            assert min(counts) >= 60, step
            assert max(counts) <= 145, step

    @given(ids)
    def test_is_within_bounds(self, id_: int):
        assert 0 <= bucket_of(id_) < BUCKETS

    @given(st.lists(ids))
    def test_grouping_keeps_every_id_once(self, many: list[int]):
        groups = by_bucket(many)
        assert sorted(each for group in groups.values() for each in group) == sorted(many)
        assert all(bucket_of(each) == bucket for bucket, group in groups.items() for each in group)


class TestKey:
    @given(ids, st.text("abc", min_size=1), ids)
    def test_lives_with_its_id(self, id_: int, kind: str, other: int):
        built = key(id_, kind, other)
        assert built == f"{{b{bucket_of(id_)}}}:{kind}:{other}"
        assert slot_of(built) == slot_of(bucket_key(bucket_of(id_), "settle"))

    def test_buckets_spread_over_a_cluster(self):
        for primaries, least in ((2, 32), (3, 20), (4, 16), (6, 10), (8, 7)):
            counts = [0] * primaries
            for bucket in range(BUCKETS):
                counts[slot_of(bucket_key(bucket)) * primaries // 16_384] += 1
            assert min(counts) >= least


class TestSlots:
    @given(st.text(st.characters(codec="utf-8"), min_size=1))
    def test_are_those_of_the_server(self, name: str):
        assert slot_of(name) == key_slot(name.encode())

    def test_the_first_key_decides(self):
        slot = slot_of("{b3}:x")
        for command in (
            ("GET", "{b3}:x"),
            ("EVALSHA", "0" * 40, 1, "{b3}:x"),
            ("XREADGROUP", "GROUP", "g", "c", "COUNT", 5, "STREAMS", "{b3}:x", ">"),
            ("XGROUP", "CREATE", "{b3}:x", "g", "0"),
            ("SPUBLISH", b"{b3}:x", "hello"),
        ):
            assert slot_of_command(command) == slot
        assert slot_of_command(("TIME",)) is None

    def test_tags_are_plain(self):
        assert re.fullmatch(r"\{b63\}:a:1", bucket_key(63, "a", 1))
