"""The rules of accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.interfaces import Actor, ActorKind, Role, Scope
from app.kernel.text import folded, grams, query_grams
from feeds.accounts.interfaces import AccountKind, AccountRecord
from feeds.accounts.rules import may_publish, mixed

kinds = st.sampled_from(list(AccountKind))
actors = st.builds(
    Actor,
    kind=st.sampled_from(list(ActorKind)),
    id=st.integers(1, 3),
    brand_id=st.none() | st.integers(1, 2),
    scopes=st.frozensets(st.sampled_from([s.value for s in Scope])),
    live=st.booleans(),
)
accounts = st.builds(
    AccountRecord,
    id=st.integers(1, 3),
    kind=kinds,
    name=st.just("x"),
    owner_shopper_id=st.none() | st.integers(1, 3),
    brand_id=st.none() | st.integers(1, 2),
    live=st.booleans(),
)


class TestMayPublish:
    @given(actors, accounts, st.none() | st.sampled_from(list(Role)))
    def test_never_across_modes_or_brands(
        self, actor: Actor, account: AccountRecord, role: Role | None
    ) -> None:
        if not may_publish(actor, account, role):
            return
        if actor.kind is ActorKind.KEY:
            assert account.live == actor.live
            assert account.brand_id == actor.brand_id
            assert Scope.POSTS_WRITE in actor.scopes
        elif account.kind is AccountKind.BRAND:
            assert role in (Role.OWNER, Role.OPERATIONS)
            assert account.live
        else:
            assert account.owner_shopper_id == actor.id
            assert account.live

    @pytest.mark.parametrize("role", [Role.SERVICE, Role.MANAGER, Role.CLERK, None])
    def test_other_roles_do_not_publish(self, role: Role | None) -> None:
        account = AccountRecord(
            id=5, kind=AccountKind.BRAND, name="x", owner_shopper_id=None, brand_id=5, live=True
        )
        assert not may_publish(Actor(kind=ActorKind.MEMBER, id=1, brand_id=5), account, role)


class TestMixed:
    @given(st.lists(st.tuples(kinds, st.integers(1, 10**6), st.integers(0, 10**6)), max_size=40,
                    unique_by=lambda c: c[1]))  # fmt: skip
    def test_everybody_once_and_kinds_in_turn(
        self, candidates: list[tuple[AccountKind, int, int]]
    ) -> None:
        ranked = mixed(candidates)
        assert sorted(ranked) == sorted(id_ for _, id_, _ in candidates)
        kind_of = {id_: kind for kind, id_, _ in candidates}
        followers = {id_: count for _, id_, count in candidates}
        first = [kind_of[id_] for id_ in ranked[: len(set(kind_of.values()))]]
        assert len(set(first)) == len(first)
        for kind in set(kind_of.values()):
            counts = [followers[id_] for id_ in ranked if kind_of[id_] is kind]
            assert counts == sorted(counts, reverse=True)


class TestGrams:
    @given(st.text(max_size=30), st.text(max_size=30), st.text(min_size=1, max_size=6))
    def test_what_holds_the_query_has_its_grams(self, a: str, b: str, query: str) -> None:
        name, wanted = folded(a + query + b), folded(query)
        if wanted and wanted in name:
            assert set(query_grams(wanted)) <= set(grams(name))

    @given(st.text(max_size=60))
    def test_folding_is_settled_at_once(self, text: str) -> None:
        assert folded(folded(text)) == folded(text)
