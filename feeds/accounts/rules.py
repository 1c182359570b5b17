"""Decisions about accounts: pure."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from app.identity.interfaces import Actor, ActorKind, Role, Scope
from feeds.accounts.interfaces import AccountKind, AccountRecord

PUBLISHING_ROLES = (Role.OWNER, Role.OPERATIONS)


def may_publish(actor: Actor, account: AccountRecord, role: Role | None) -> bool:
    """Whether the actor publishes as the account. `role` is the actor's in the account's brand,
    as SQL has it now; a key's right is in its scopes, and its mode must be the account's."""
    if actor.kind is ActorKind.KEY:
        own = account.brand_id is not None and account.brand_id == actor.brand_id
        return own and account.live == actor.live and Scope.POSTS_WRITE in actor.scopes
    if not account.live:
        return False
    if account.kind is AccountKind.BRAND:
        return role in PUBLISHING_ROLES
    return account.owner_shopper_id == actor.shopper_id


def mixed(candidates: Iterable[tuple[AccountKind, int, int]]) -> list[int]:
    """Account ids, the most followed of each kind in turn, from (kind, id, followers).

    A newcomer should meet brands, experts, media and institutions, not ten times the same kind.
    """
    by_kind: dict[AccountKind, list[tuple[int, int]]] = {}
    for kind, id_, followers in candidates:
        by_kind.setdefault(kind, []).append((-followers, id_))
    ranks: Sequence[list[tuple[int, int]]] = [sorted(by_kind[kind]) for kind in sorted(by_kind)]
    return [entry[1] for row in zip_longest(*ranks) for entry in row if entry is not None]
