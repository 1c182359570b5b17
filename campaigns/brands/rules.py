"""Who acts for a brand: pure decisions."""

from app.kernel.actors import Actor, ActorKind

MANAGING_ROLES = frozenset({"owner", "operations"})


def acts_for(actor: Actor, brand_id: int, scope: str) -> bool:
    """Operators for every brand; members in a managing role and keys with the scope for theirs."""
    if actor.kind is ActorKind.OPERATOR:
        return True
    if actor.brand_id != brand_id:
        return False
    if actor.kind is ActorKind.KEY:
        return scope in actor.scopes
    return actor.kind is ActorKind.MEMBER and actor.role in MANAGING_ROLES
