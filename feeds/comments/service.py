"""Use cases of comments: writing, moderating and settling them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.audits import audit_each
from app.kernel.database import Database, Transaction
from app.kernel.errors import NotFound
from app.kernel.events import Events
from app.kernel.ids import Ids, made_at
from app.kernel.valkey.aggregates import LOADS_MAX, forget_all
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import Decision
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.scripts import Refusal
from feeds.accounts.interfaces import Accounts
from feeds.comments.errors import CommentRefusal
from feeds.comments.events import CommentWritten
from feeds.comments.interfaces import DELETED, HIDDEN, Line
from feeds.comments.repository import CommentRepository, Decided
from feeds.comments.store import (
    Accepted,
    CommentStore,
    Moderated,
    client_field,
    client_text,
    fact_field,
    fact_text,
)
from feeds.figures.interfaces import CommentTally, Tallies
from feeds.posts.interfaces import Posts, PostStatus

_SUMMED_MAX = 20_000
"""Posts with more comments are not counted again when they are loaded."""
_YOUNG = timedelta(minutes=1)
_LOOK_AGAIN_SECONDS = 0.1
_LOOKS_MAX = 15

A = TypeVar("A", Accepted, Moderated)


class CommentService:
    """Decides comments in the post's bucket, and writes what was decided to SQL."""

    def __init__(
        self,
        database: Database,
        live: Valkey,
        store: CommentStore,
        repository: CommentRepository,
        tallies: Tallies,
        posts: Posts,
        accounts: Accounts,
        events: Events,
        ids: Ids,
    ) -> None:
        self._database = database
        self._live = live
        self._store = store
        self._repository = repository
        self._tallies = tallies
        self._posts = posts
        self._accounts = accounts
        self._events = events
        self._ids = ids

    async def write(
        self, post_id: int, author_id: int, text: str, *, parent_id: int, client_id: str
    ) -> int:
        """The id of the new comment, or of the one this author sent before under the same client
        id. Raises `PostClosed`, `ParentGone`."""
        line = Line(self._ids.new(), post_id, author_id, 0, 0, text, 0, 0)

        async def decide(facts: dict[str, str]) -> Accepted | Refusal | CommentRefusal:
            return await self._store.write(
                post_id, line, parent_id=parent_id, client_id=client_id, facts=facts
            )

        async def ask_sql(session: AsyncSession) -> dict[str, str]:
            facts = await self._facts(session, post_id, parent_id) if parent_id else {}
            if client_id:
                find = self._repository.id_of_client
                earlier = await find(session, post_id, author_id, client_id)
                facts[client_field(author_id, client_id)] = client_text(earlier)
            return facts

        return (await self._decide(post_id, decide, ask_sql)).comment_id

    async def delete(self, actor: Actor, comment_id: int) -> None:
        """By its author or by who manages the post's account; again is the same. Raises
        NotFound for everybody else."""
        line = await self.find(comment_id)
        if line.author_id != actor.shopper_id and not await self.moderates(actor, line.post_id):
            raise NotFound
        if not line.status & DELETED:
            await self._moderate(line, DELETED, 0)

    async def hide(self, actor: Actor, comment_id: int, *, hidden: bool) -> None:
        """By who manages the post's account; again is the same. Raises NotFound for others and
        for a deleted comment."""
        line = await self.find(comment_id)
        if line.status & DELETED or not await self.moderates(actor, line.post_id):
            raise NotFound
        await self._moderate(line, HIDDEN if hidden else 0, 0 if hidden else HIDDEN)

    async def _moderate(self, line: Line, to_set: int, to_clear: int) -> Moderated:
        async def decide(facts: dict[str, str]) -> Moderated | Refusal | CommentRefusal:
            return await self._store.moderate(
                line.post_id, line.id, to_set=to_set, to_clear=to_clear, facts=facts
            )

        async def ask_sql(session: AsyncSession) -> dict[str, str]:
            return await self._facts(session, line.post_id, line.id)

        return await self._decide(line.post_id, decide, ask_sql)

    async def _decide(
        self,
        post_id: int,
        decide: Callable[[dict[str, str]], Awaitable[A | Refusal | CommentRefusal]],
        ask_sql: Callable[[AsyncSession], Awaitable[dict[str, str]]],
    ) -> A:
        """Decide, loading what is missing on the way."""
        facts: dict[str, str] = {}
        for _ in range(LOADS_MAX):
            answer = await decide(facts)
            if isinstance(answer, Accepted | Moderated):
                return answer
            if answer is Refusal.NOT_LOADED:
                await self._store.posts.load(post_id, lambda token: self._load(post_id, token))
            elif answer is CommentRefusal.FACTS_MISSING:
                async with self._database.reading() as session:
                    facts = await ask_sql(session)
            else:
                raise NotFound
        raise ValkeyUnavailable

    async def _facts(self, session: AsyncSession, post_id: int, comment_id: int) -> dict[str, str]:
        """What SQL says of a comment and of the thread it is in; of another post's, nothing."""
        lines = await self._repository.lines(session, [comment_id])
        line = lines.get(comment_id)
        if line is not None and line.post_id != post_id:
            line = None
        wanted = [comment_id] if line is None else [comment_id, line.root_id or comment_id]
        known = await self._repository.facts(session, wanted) if line is not None else {}
        return {fact_field(id_): fact_text(known.get(id_)) for id_ in wanted}

    async def _load(self, post_id: int, token: str) -> None:
        async with self._database.snapshot() as session:
            record = (await self._posts.records(session, [post_id])).get(post_id)
            tally = await self._tallies.comments_of(session, post_id)
            any_there = await self._repository.any_of_post(session, post_id)
            small = tally.comments <= _SUMMED_MAX
            visible = await self._repository.visible(session, post_id) if small else None
        if record is None:
            raise NotFound
        if visible is not None and visible != tally.comments:
            raise ValkeyUnavailable("Some comments are still being written")
        closed = record.status is not PostStatus.PUBLISHED
        await self._store.load(
            post_id, token, comments=tally.comments, whole=not any_there, closed=closed
        )

    async def find(self, comment_id: int) -> Line:
        """The comment as it stands now, in SQL or on its way there. Raises NotFound."""
        looks = _LOOKS_MAX if datetime.now(UTC) - made_at(comment_id) < _YOUNG else 1
        for look in range(looks):
            if look:
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            post_id = await self._store.post_of(comment_id)
            line = post_id and await self._store.waiting_one(post_id, comment_id)
            if not line:
                async with self._database.reading() as session:
                    line = (await self._repository.lines(session, [comment_id])).get(comment_id)
            if line:
                facts = await self._store.facts(line.post_id, [comment_id])
                return line.standing(facts.get(comment_id))
            if post_id is None:
                break  # it was never decided, or so long ago that SQL would hold it
        raise NotFound

    async def moderates(self, actor: Actor | None, post_id: int) -> bool:
        """Whether the actor manages the account of the post."""
        if actor is None:
            return False
        async with self._database.reading() as session:
            record = (await self._posts.records(session, [post_id])).get(post_id)
            if record is None:
                return False
            return await self._accounts.may_publish_as(session, actor, record.account_id)

    async def close(self, post_id: int) -> None:
        """The post was withdrawn: no more comments."""
        await self._store.posts.close(post_id)

    async def settle(self, tx: Transaction, decisions: list[Decision]) -> None:
        """Write decided comments and moderations, in any order and any number of times."""
        decided = [_decided(each) for each in decisions]
        new = await self._repository.settle(tx.session, decided)
        tallies: dict[int, CommentTally] = {}
        for decision, each in zip(decisions, decided, strict=True):
            known = tallies.get(each.post_id)
            if known is None or known.order < each.order:
                count = int(decision.fields["count"])
                tallies[each.post_id] = CommentTally(count, each.order)
        await self._tallies.settle_comments(tx, tallies)
        for each in sorted(new, key=lambda one: one.order):
            await self._events.publish(tx, _written(each))
        tx.after_commit(lambda: self._arrived(decisions, decided))

    async def _arrived(self, decisions: list[Decision], decided: list[Decided]) -> None:
        arrivals = (
            self._store.arrived(
                each.post_id, decision, each.comment_id if each.text is not None else None
            )
            for decision, each in zip(decisions, decided, strict=True)
        )
        await asyncio.gather(*arrivals)

    async def rebuild(self) -> int:
        """Have what is known of every post's comments loaded again. Returns how many buckets."""
        return await forget_all(self._live)

    async def audit(self) -> list[str]:
        """A sentence for every post whose figure differs between its comments, SQL's tally and the
        live state. Runs under load: a post that changes meanwhile is looked at again."""
        return await audit_each(self._tallied_after, self._difference)

    async def _tallied_after(self, after: int, limit: int) -> Collection[int]:
        async with self._database.reading() as session:
            return await self._tallies.comments_after(session, after, limit)

    async def _difference(self, post_id: int) -> str | None:
        """How a post's comments, tally and live state differ now; None when they agree."""
        live = await self._store.standing(post_id)
        async with self._database.snapshot() as session:
            tally = await self._tallies.comments_of(session, post_id)
            visible = await self._repository.visible(session, post_id)
        if visible != tally.comments:
            return f"post {post_id}: counted {tally.comments} comments, {visible} are visible"
        if live is None or (live.last_order or 0) < tally.order:
            return None  # nothing live to compare with, or it has moved on since
        if live.last_order is not None and live.last_order > tally.order:
            return f"post {post_id}: its last comment is not in SQL"
        if live.comments == tally.comments:
            return None
        return f"post {post_id}: {live.comments} comments live, {tally.comments} in SQL"


def _decided(decision: Decision) -> Decided:
    field = decision.fields
    text = field.get("text")
    return Decided(
        post_id=int(field["post"]),
        comment_id=int(field["comment"]),
        author_id=int(field["author"]),
        root_id=int(field["root"]),
        status=int(field["status"]),
        starter_id=int(field["starter"]),
        replies=int(field["replies"]),
        order=decision.order,
        decided_at=decision.decided_at,
        text=None if text is None else text.decode(),
        replied_id=int(field.get("replied", b"0")),
        client_id=field.get("client", b"").decode(),
    )


def _written(decided: Decided) -> CommentWritten:
    return CommentWritten(
        comment_id=decided.comment_id,
        post_id=decided.post_id,
        author_id=decided.author_id,
        root_id=decided.root_id,
        answered_id=decided.replied_id or (decided.starter_id if decided.root_id else 0),
        text=decided.text or "",
        order=decided.order,
    )
