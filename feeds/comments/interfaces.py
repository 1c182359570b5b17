"""What other slices may ask of comments: deciding them, and what is known of each."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor

TEXT_CHARS_MAX = 500
CLIENT_ID_CHARS_MAX = 64
HIDDEN, DELETED = 1, 2


class Fact(NamedTuple):
    """What the live state says of a comment's standing."""

    author_id: int
    root_id: int
    status: int
    replies: int
    decided: int


class Line(NamedTuple):
    """A comment as it stands, wherever it was read from."""

    id: int
    post_id: int
    author_id: int
    root_id: int
    """0 for a comment of its own."""
    replied_id: int
    """Whose reply it answers; 0 for nobody's."""
    text: str
    created_ms: int
    order: int
    status: int = 0
    """Bits: HIDDEN by the post's account, DELETED."""
    replies: int = 0
    """Of a thread, those that are neither hidden nor deleted."""
    decided: int = 0
    """Order of the decision that status and replies come from."""

    def standing(self, fact: Fact | None) -> "Line":
        """The line with the newest known status and replies."""
        if fact is None or fact.decided < self.decided:
            return self
        return self._replace(status=fact.status, replies=fact.replies, decided=fact.decided)


@runtime_checkable
class Comments(Protocol):
    """Deciding comments. What is answered has been decided and will not be lost."""

    async def write(
        self, post_id: int, author_id: int, text: str, *, parent_id: int, client_id: str
    ) -> int:
        """The id of the new comment, or of the one this author sent before under the same client
        id ("" for none). Raises `PostClosed`, `ParentGone`."""
        ...

    async def delete(self, actor: Actor, comment_id: int) -> None:
        """By its author or by who manages the post's account; again is the same. Raises
        NotFound for everybody else."""
        ...

    async def hide(self, actor: Actor, comment_id: int, *, hidden: bool) -> None:
        """By who manages the post's account; again is the same. Raises NotFound for others and
        for a deleted comment."""
        ...

    async def find(self, comment_id: int) -> Line:
        """The comment as it stands now, in SQL or on its way there. Raises NotFound."""
        ...


class WaitingLines(Protocol):
    """What the live state knows before SQL does. Raises `ValkeyUnavailable`."""

    async def waiting(self, post_id: int) -> list[Line]:
        """Comments that are on their way to SQL."""
        ...

    async def facts(self, post_id: int, comment_ids: Sequence[int]) -> dict[int, Fact]:
        """What was decided about comments since the state was loaded."""
        ...


class SettledLines(Protocol):
    """Comments in SQL, hidden ones too: they may have been shown again since, which SQL does not
    know yet. `without` are authors to leave out."""

    async def newest(
        self,
        session: AsyncSession,
        post_id: int,
        before: int | None,
        limit: int,
        without: Collection[int],
    ) -> list[Line]:
        """A post's comments below an order, newest first."""
        ...

    async def replies(
        self, session: AsyncSession, root_id: int, after: int, limit: int, without: Collection[int]
    ) -> list[Line]:
        """A thread's replies above an order, oldest first."""
        ...

    async def previews(
        self, session: AsyncSession, root_ids: Sequence[int], without: Collection[int]
    ) -> list[Line]:
        """The first few replies of each thread."""
        ...

    async def lines(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, Line]:
        """Those comments that are in SQL."""
        ...
