"""What other slices may ask of reactions. Who reads posts uses posts' door `Engagement`."""

from typing import Protocol, runtime_checkable

from app.kernel.actors import Actor
from feeds.posts.interfaces import PostRecord


@runtime_checkable
class Gate(Protocol):
    """Who may react to what, answered from memory where possible."""

    async def admit(self, actor: Actor, post_id: int) -> PostRecord:
        """The published post, if this shopper may see it. Raises NotFound otherwise, and
        Forbidden for a caller who is no person. Knows of a block within ten seconds."""
        ...
