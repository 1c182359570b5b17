"""Who may act for a brand, by what the token says."""

import pytest

from app.identity.interfaces import Role, Scope, requires, requires_shopper
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Forbidden, NotFound

BRAND, OTHER = 5, 6
SHOPPER = Actor(kind=ActorKind.SHOPPER, id=1, session_id=2)
OPERATOR = Actor(kind=ActorKind.OPERATOR, id=1, session_id=2)
CLERK = Actor(kind=ActorKind.MEMBER, id=1, session_id=2, brand_id=BRAND, role="clerk")
KEY = Actor(kind=ActorKind.KEY, id=9, brand_id=BRAND, scopes=frozenset({"posts:write"}))


class TestRequiring:
    def test_who_has_the_role_or_the_scope_passes(self) -> None:
        requires(CLERK, BRAND, roles={Role.CLERK})
        requires(KEY, BRAND, scope=Scope.POSTS_WRITE)
        requires(OPERATOR, BRAND)

    @pytest.mark.parametrize("actor", [CLERK, KEY])
    def test_who_works_elsewhere_finds_nothing(self, actor: Actor) -> None:
        with pytest.raises(NotFound):
            requires(actor, OTHER, roles=set(Role), scope=Scope.POSTS_WRITE)

    def test_a_shopper_finds_nothing(self) -> None:
        with pytest.raises(NotFound):
            requires(SHOPPER, BRAND, roles=set(Role), scope=Scope.POSTS_WRITE)

    def test_who_lacks_the_role_or_the_scope_is_told(self) -> None:
        with pytest.raises(Forbidden, match="owner"):
            requires(CLERK, BRAND, roles={Role.OWNER})
        with pytest.raises(Forbidden):
            requires(CLERK, BRAND, scope=Scope.POSTS_WRITE)
        with pytest.raises(Forbidden, match="products:write"):
            requires(KEY, BRAND, scope=Scope.PRODUCTS_WRITE)
        with pytest.raises(Forbidden, match="member"):
            requires(KEY, BRAND, roles=set(Role))

    def test_a_key_is_no_person(self) -> None:
        assert requires_shopper(CLERK) == 1
        with pytest.raises(Forbidden):
            requires_shopper(KEY)
