"""The use cases of polls: asked by brands, answered by shoppers."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Scope, requires_shopper
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import FieldError, Invalid
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Page, Timestamp, decode_hook, to_builtins
from app.kernel.text import one_line
from campaigns.brands.interfaces import Brands
from games.polls.errors import PollClosed, PollNotFound, PollNotOpen, PollVoted
from games.polls.interfaces import OptionCount, PollOption, PollState, PollView, ResultsRule
from games.polls.models import Poll
from games.polls.repository import PollRepository
from games.polls.rules import (
    closing_errors,
    opening_errors,
    percents,
    sees_counts,
    state_of,
    word_errors,
)
from games.polls.schemas import ManagedPoll, PollCreate, PollUpdate
from games.polls.showing.board import Board, Counts

_MANAGED = "brand-polls"


class PollService:
    """Polls: kept by brands, answered once by each shopper. Those of test keys are apart."""

    def __init__(
        self,
        *,
        repository: PollRepository,
        board: Board,
        brands: Brands,
        ids: Ids,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._repository = repository
        self._board = board
        self._brands = brands
        self._ids = ids
        self._clock = clock
        self._cursors = cursors

    async def create(
        self, tx: Transaction, actor: Actor, brand_id: int, body: PollCreate
    ) -> ManagedPoll:
        """A new poll. Raises Invalid, naming every field that is wrong."""
        await self._brands.check_manager(tx.session, actor, brand_id, Scope.POLLS_WRITE)
        now = self._clock.now()
        opens_at = body.opens_at or Timestamp.of(now)
        errors = word_errors(body.question, body.options)
        wrong = opening_errors(opens_at, now)
        # from the last days of the calendar on there is nothing to add up
        errors += wrong or closing_errors(opens_at, body.closes_at, now)
        _refuse(errors)
        poll = Poll(
            id=self._ids.new(),
            brand_id=brand_id,
            live=actor.live,
            question=one_line(body.question),
            options=to_builtins(self._options(body.options, ())),
            results=body.results.value,
            opens_at=opens_at,
            closes_at=body.closes_at,
            archived=False,
            created_at=now,
        )
        tx.session.add(poll)
        await tx.session.flush()
        return _managed(poll, now, {})

    async def update(
        self, tx: Transaction, actor: Actor, brand_id: int, poll_id: int, body: PollUpdate
    ) -> ManagedPoll:
        """Change what is given. Raises PollVoted, PollClosed, Invalid."""
        poll, now = await self._changing(tx.session, actor, brand_id, poll_id)
        if _state(poll, now) is PollState.CLOSED:
            raise PollClosed
        counts = await self._counts(tx.session, poll_id)
        self._rephrase(poll, body, voted=bool(counts))
        _move(poll, body, now)
        if body.results is not UNSET:
            poll.results = body.results.value
        await tx.session.flush()
        return _managed(poll, now, counts)

    async def close(
        self, tx: Transaction, actor: Actor, brand_id: int, poll_id: int
    ) -> ManagedPoll:
        """No vote counts from this moment on. Again is the same."""
        poll, now = await self._changing(tx.session, actor, brand_id, poll_id)
        if _state(poll, now) is not PollState.CLOSED:
            poll.closes_at = now
            await tx.session.flush()
        return _managed(poll, now, await self._counts(tx.session, poll_id))

    async def archive(self, tx: Transaction, actor: Actor, brand_id: int, poll_id: int) -> None:
        """Take it out of lists and films. Doing it again changes nothing."""
        poll, _ = await self._changing(tx.session, actor, brand_id, poll_id)
        poll.archived = True
        await tx.session.flush()

    async def get(
        self, session: AsyncSession, actor: Actor, brand_id: int, poll_id: int
    ) -> ManagedPoll:
        """One poll of the brand, with exact figures."""
        poll = await self._own(session, actor, brand_id, poll_id, Scope.POLLS_READ)
        now = await self._repository.now(session)
        return _managed(poll, now, await self._counts(session, poll_id))

    async def page(
        self, session: AsyncSession, actor: Actor, brand_id: int, cursor: str | None, limit: int
    ) -> Page[ManagedPoll]:
        """A brand's polls, the newest first."""
        await self._brands.check_manager(session, actor, brand_id, Scope.POLLS_READ)
        before = self._cursors.read(_MANAGED, cursor, 1)[0] if cursor else None
        found = await self._repository.of_brand(session, brand_id, actor.live, before, limit + 1)
        shown, now = found[:limit], await self._repository.now(session)
        counts = await self._repository.counts(session, [each.id for each in shown])
        more = len(found) > limit
        return Page(
            items=[_managed(each, now, counts.get(each.id, {})) for each in shown],
            next_cursor=self._cursors.make(_MANAGED, shown[-1].id) if more else None,
        )

    async def shown(self, session: AsyncSession, viewer: Actor | None, poll_id: int) -> PollView:
        """A poll for everybody, with the viewer's own bits. Raises PollNotFound."""
        poll, now, chosen = await self._look(session, viewer, poll_id)
        if not _sees_counts(poll, now, chosen):
            return _view(poll, now, chosen, None)
        closed = _state(poll, now) is PollState.CLOSED
        return _view(poll, now, chosen, await self._board.counts(session, poll_id, closed=closed))

    async def vote(self, tx: Transaction, actor: Actor, poll_id: int, option_id: int) -> PollView:
        """The first answer of a shopper counts; asking again tells it. The server's clock decides,
        under a lock that closing takes as well, so that nothing counts after the closing said how
        the votes stood. Raises PollNotFound, PollNotOpen, PollClosed, Invalid."""
        shopper_id = requires_shopper(actor)
        await self._repository.voting(tx.session, poll_id)
        poll, now, chosen = await self._look(tx.session, actor, poll_id)
        if chosen is None:
            _check_open(poll, now)
        if option_id not in {each.id for each in _options_of(poll)}:
            raise Invalid.field("/optionId", "Not one of this poll's options; fetch it again")
        if chosen is None:
            chosen = option_id
            if not await self._repository.cast(tx.session, poll_id, shopper_id, option_id, now):
                # another request of the same shopper was first
                chosen = await self._repository.vote(tx.session, poll_id, shopper_id)
        if not _sees_counts(poll, now, chosen):
            return _view(poll, now, chosen, None)
        return _view(poll, now, chosen, await self._counts(tx.session, poll_id))

    async def cards(self, session: AsyncSession, ids: Collection[int]) -> dict[int, ManagedPoll]:
        """Those that exist and are not archived, without their figures."""
        found = [each for each in await self._repository.many(session, ids) if not each.archived]
        now = await self._repository.now(session) if found else self._clock.now()
        return {each.id: _managed(each, now, {}) for each in found}

    async def audit(self, session: AsyncSession) -> list[str]:
        """A sentence for every option whose count is not the number of its votes."""
        return [
            f"poll {poll_id}, option {option_id}: {counted} counted, {real} votes"
            for poll_id, option_id, counted, real in await self._repository.miscounted(session)
        ]

    async def _changing(
        self, session: AsyncSession, actor: Actor, brand_id: int, poll_id: int
    ) -> tuple[Poll, datetime]:
        """The row, which nobody else changes or votes on until the end, and the moment."""
        await self._own(session, actor, brand_id, poll_id, Scope.POLLS_WRITE)
        await self._repository.changing(session, poll_id)
        poll = await self._repository.get(session, poll_id)
        if poll is None:
            raise PollNotFound
        return poll, await self._repository.now(session)

    async def _own(
        self, session: AsyncSession, actor: Actor, brand_id: int, poll_id: int, scope: Scope
    ) -> Poll:
        await self._brands.check_manager(session, actor, brand_id, scope)
        poll = await self._repository.get(session, poll_id)
        if poll is None or poll.brand_id != brand_id or poll.live is not actor.live:
            raise PollNotFound
        return poll

    async def _look(
        self, session: AsyncSession, viewer: Actor | None, poll_id: int
    ) -> tuple[Poll, datetime, int | None]:
        """A poll that the viewer may see, the moment, and what the viewer chose."""
        shopper_id = None if viewer is None else viewer.shopper_id
        found = await self._repository.look(session, poll_id, shopper_id)
        live = viewer is None or viewer.live
        if found is None or found[0].archived or found[0].live is not live:
            raise PollNotFound
        return found

    async def _counts(self, session: AsyncSession, poll_id: int) -> Counts:
        return (await self._repository.counts(session, [poll_id])).get(poll_id, {})

    def _options(self, texts: Sequence[str], known: Sequence[PollOption]) -> list[PollOption]:
        """Those that are there already keep their ids; a vote for another text finds nothing."""
        ids = {each.text: each.id for each in known}
        lines = [one_line(each) for each in texts]
        return [PollOption(id=ids.get(each) or Id(self._ids.new()), text=each) for each in lines]

    def _rephrase(self, poll: Poll, body: PollUpdate, *, voted: bool) -> None:
        """Take over the words; those that were voted on stay, and may be sent along unchanged."""
        before = _options_of(poll)
        question = poll.question if body.question is UNSET else body.question
        texts = [each.text for each in before] if body.options is UNSET else body.options
        _refuse(word_errors(question, texts))
        question, options = one_line(question), self._options(texts, before)
        if voted and (question, options) != (poll.question, before):
            raise PollVoted
        poll.question, poll.options = question, to_builtins(options)


def _move(poll: Poll, body: PollUpdate, now: datetime) -> None:
    """Take over the window."""
    opens_at, closes_at = poll.opens_at, poll.closes_at
    errors: list[FieldError] = []
    if body.opens_at is not UNSET and body.opens_at != Timestamp.of(opens_at):
        if opens_at <= now:
            errors.append(FieldError("/opensAt", "It has opened already"))
        else:
            opens_at = body.opens_at
            errors += opening_errors(opens_at, now)
    if body.closes_at is not UNSET:
        closes_at = body.closes_at
    _refuse(errors)
    if (opens_at, closes_at) != (poll.opens_at, poll.closes_at):
        _refuse(closing_errors(opens_at, closes_at, now))
    poll.opens_at, poll.closes_at = opens_at, closes_at


def _check_open(poll: Poll, now: datetime) -> None:
    state = _state(poll, now)
    if state is PollState.SCHEDULED:
        raise PollNotOpen
    if state is PollState.CLOSED:
        raise PollClosed


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid("Some fields are not valid", errors=errors)


def _state(poll: Poll, now: datetime) -> PollState:
    return state_of(poll.opens_at, poll.closes_at, now)


def _sees_counts(poll: Poll, now: datetime, chosen: int | None) -> bool:
    rule = ResultsRule(poll.results)
    return sees_counts(rule, _state(poll, now), voted=chosen is not None)


def _options_of(poll: Poll) -> list[PollOption]:
    return msgspec.convert(poll.options, list[PollOption], dec_hook=decode_hook)


def _counted(options: Sequence[PollOption], counts: Counts) -> list[OptionCount]:
    votes = [counts.get(each.id, 0) for each in options]
    return [
        OptionCount(option_id=option.id, votes=count, percent=percent)
        for option, count, percent in zip(options, votes, percents(votes), strict=True)
    ]


def _view(poll: Poll, now: datetime, chosen: int | None, counts: Counts | None) -> PollView:
    options = _options_of(poll)
    return PollView(
        id=Id(poll.id),
        brand_id=Id(poll.brand_id),
        question=poll.question,
        options=options,
        results=ResultsRule(poll.results),
        state=_state(poll, now),
        opens_at=Timestamp.of(poll.opens_at),
        closes_at=Timestamp.of(poll.closes_at),
        my_option_id=None if chosen is None else Id(chosen),
        counts=None if counts is None else _counted(options, counts),
        votes=None if counts is None else sum(counts.values()),
    )


def _managed(poll: Poll, now: datetime, counts: Counts) -> ManagedPoll:
    options = _options_of(poll)
    return ManagedPoll(
        id=Id(poll.id),
        brand_id=Id(poll.brand_id),
        question=poll.question,
        options=options,
        results=ResultsRule(poll.results),
        state=_state(poll, now),
        opens_at=Timestamp.of(poll.opens_at),
        closes_at=Timestamp.of(poll.closes_at),
        created_at=Timestamp.of(poll.created_at),
        archived=poll.archived,
        live=poll.live,
        counts=_counted(options, counts),
        votes=sum(counts.values()),
    )
