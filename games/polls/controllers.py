"""HTTP of polls."""

from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from games.polls.interfaces import PollView
from games.polls.schemas import ManagedPoll, PollCreate, PollUpdate, VoteCast
from games.polls.service import PollService


class BrandPollController(Controller):
    """The polls of one brand."""

    path = "/v1/brands/{brand_id:int}/polls"
    tags = ("polls",)

    @post("/", operation_id="createPoll", summary="Ask a question")
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        polls: NamedDependency[PollService],
        brand_id: PathId,
        data: JSONBody[PollCreate],
    ) -> ManagedPoll:
        """It opens and closes by the servers' clock. For the brand's owner and operations people,
        and keys with `polls:write`."""
        return await polls.create(tx, actor, brand_id, data)

    @get("/", operation_id="listBrandPolls", summary="A brand's polls")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        polls: NamedDependency[PollService],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ManagedPoll]:
        """The newest first, with their figures; without what is archived."""
        return await polls.page(tx.session, actor, brand_id, cursor, limit)

    @get("/{poll_id:int}", operation_id="getBrandPoll", summary="One poll of a brand")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        polls: NamedDependency[PollService],
        brand_id: PathId,
        poll_id: PathId,
    ) -> ManagedPoll:
        """With exact figures at any time, whatever shoppers may see."""
        return await polls.get(tx.session, actor, brand_id, poll_id)

    @patch("/{poll_id:int}", operation_id="updatePoll", summary="Change a poll")
    async def update(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        polls: NamedDependency[PollService],
        brand_id: PathId,
        poll_id: PathId,
        data: JSONBody[PollUpdate],
    ) -> ManagedPoll:
        """What is left out stays. Question and options change only before the first vote, and
        nothing once it is closed."""
        return await polls.update(tx, actor, brand_id, poll_id, data)

    @post(
        "/{poll_id:int}/close",
        operation_id="closePoll",
        summary="End a poll before its time",
        status_code=200,
    )
    async def close(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        polls: NamedDependency[PollService],
        brand_id: PathId,
        poll_id: PathId,
    ) -> ManagedPoll:
        """No vote counts after this answer: its figures are the last."""
        return await polls.close(tx, actor, brand_id, poll_id)

    @delete("/{poll_id:int}", operation_id="archivePoll", summary="Take a poll away")
    async def archive(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        polls: NamedDependency[PollService],
        brand_id: PathId,
        poll_id: PathId,
    ) -> None:
        """It leaves lists and films. Its votes are kept."""
        await polls.archive(tx, actor, brand_id, poll_id)


class PollController(Controller):
    """Polls that shoppers answer."""

    path = "/v1/polls"
    tags = ("polls",)

    @get("/{poll_id:int}", operation_id="getPoll", summary="One poll")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        polls: NamedDependency[PollService],
        poll_id: PathId,
    ) -> PollView:
        """With the caller's own answer, and with the counts where `results` lets this caller see
        them: about a second old at most. Clients that show them ask again after a while."""
        return await polls.shown(tx.session, viewer, poll_id)

    @post(
        "/{poll_id:int}/votes",
        operation_id="vote",
        summary="Answer a poll",
        status_code=200,
    )
    async def vote(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        polls: NamedDependency[PollService],
        poll_id: PathId,
        data: JSONBody[VoteCast],
    ) -> PollView:
        """One answer a shopper: the first one counts. Asking again, with whatever option, tells
        the answer that stands and changes nothing. Before the opening and after the closing: 409,
        `poll_not_open` or `poll_closed`."""
        return await polls.vote(tx, actor, poll_id, int(data.option_id))
