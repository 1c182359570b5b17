"""The names of everything in Valkey. No key is put together anywhere else.

An id falls into one of 64 buckets, for ever: the bucket is the hash tag `{b17}` of its keys, so
all keys of one aggregate share a cluster slot and one script may touch them. The tags were checked
to spread evenly: 2 or 4 primaries get equal shares, 3 get 20 to 22 each, 8 get 7 to 9.
"""

from collections.abc import Iterable

BUCKETS = 64
_MASK = 0xFFFF_FFFF_FFFF_FFFF
_TAGS = tuple(f"{{b{bucket}}}:" for bucket in range(BUCKETS))


def bucket_of(id_: int) -> int:
    """The bucket of a 64-bit id.

    Ids are time-ordered and carry a node number, so their raw bits are far from even: they are
    mixed by the finaliser of SplitMix64 (Steele, Lea, Flood 2014) and the six highest bits taken.
    Changing this would lose every key; tests pin the values.
    """
    mixed = id_ & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return (mixed ^ (mixed >> 31)) >> 58


def key(id_: int, *parts: object) -> str:
    """A key that lives where `id_` lives: `key(7, "post", 7)` is `{b4}:post:7`."""
    return _TAGS[bucket_of(id_)] + ":".join(map(str, parts))


def bucket_key(bucket: int, *parts: object) -> str:
    """A key of the bucket itself, such as its stream of decisions."""
    return _TAGS[bucket] + ":".join(map(str, parts))


def fence_key(key: str) -> str:
    """A key in the bucket of another, written after what has to reach a replica."""
    return key[: key.index("}") + 2] + "fence"


def fence_keys() -> list[str]:
    """Those of all buckets."""
    return [fence_key(tag) for tag in _TAGS]


def by_bucket(ids: Iterable[int]) -> dict[int, list[int]]:
    """Ids grouped by bucket, in their order: one script a group instead of one an id."""
    groups: dict[int, list[int]] = {}
    for id_ in ids:
        groups.setdefault(bucket_of(id_), []).append(id_)
    return groups
