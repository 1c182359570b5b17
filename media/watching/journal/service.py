"""The use cases of the stream: keep what was told, let brands read it, forget it in time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Role, Scope, requires
from app.kernel.database import Database, Transaction
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Timestamp
from media.videos.interfaces import VideoRecord
from media.watching.journal.models import WatchEventRow
from media.watching.journal.repository import JournalRepository
from media.watching.journal.schemas import WatchEventsView, WatchEventView
from media.watching.schemas import WatchEvent, WatchKind

FORGET_TASK: Final = "media.watching.forget"
KEPT: Final = timedelta(days=30)
_STREAM: Final = "watch-events"
_FORGOTTEN_AT_ONCE: Final = 10_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Journal:
    """Every event of brands' films, once, in an order in which nothing comes late."""

    def __init__(
        self, *, repository: JournalRepository, database: Database, ids: Ids, cursors: Cursors
    ) -> None:
        self._repository = repository
        self._database = database
        self._ids = ids
        self._cursors = cursors

    async def keep(
        self, tx: Transaction, told: Iterable[tuple[VideoRecord, Iterable[WatchEvent]]]
    ) -> None:
        """Write down what brands may read. In one order for everybody: of two transactions that
        keep the same events the second waits for the first."""
        rows = [
            self._row(record, event)
            for record, events in told
            if not record.by_shopper
            for event in events
        ]
        if rows:
            rows.sort(key=lambda row: (row["video_id"], row["session"], row["digest"]))
            await self._repository.add(tx.session, rows)

    async def page(
        self, session: AsyncSession, actor: Actor, brand_id: int, cursor: str | None, limit: int
    ) -> WatchEventsView:
        """The next stretch, for those who make the brand's films. Raises NotFound, Forbidden,
        Invalid."""
        roles = (Role.OWNER, Role.OPERATIONS)
        requires(actor, brand_id, roles=roles, scope=Scope.VIDEOS_READ)
        since, id_ = self._cursors.read(_STREAM, cursor, 2) if cursor is not None else (0, 0)
        after = (_EPOCH + since * _MICROSECOND, id_)
        found = await self._repository.page(session, brand_id, actor.live, after, limit)
        if found:
            after = (found[-1].heard_at, found[-1].id)
        place = ((after[0] - _EPOCH) // _MICROSECOND, after[1])
        return WatchEventsView(
            items=[_view(row) for row in found], next_cursor=self._cursors.make(_STREAM, *place)
        )

    async def forget(self) -> None:
        """The job: what is older than `KEPT` goes, a bounded number in a transaction."""
        while True:
            async with self._database.transaction() as tx:
                gone = await self._repository.forget(tx.session, KEPT, _FORGOTTEN_AT_ONCE)
            if gone < _FORGOTTEN_AT_ONCE:
                return

    def _row(self, record: VideoRecord, event: WatchEvent) -> dict[str, Any]:
        return {
            "video_id": record.id,
            "session": event.session,
            "digest": _digest(event),
            "id": self._ids.new(),
            "owner_id": record.owner_id,
            "live": record.live,
            "kind": event.kind,
            "position": event.position,
            "at": event.at,
            "quartile": event.quartile,
            "cue_id": event.cue_id,
            "product_id": event.product_id,
        }


def _digest(event: WatchEvent) -> int:
    said = (
        event.kind.value, event.position, event.at.isoformat(),
        event.quartile, event.cue_id, event.product_id,
    )  # fmt: skip
    return int.from_bytes(blake2b(repr(said).encode(), digest_size=8).digest(), signed=True)


def _view(row: WatchEventRow) -> WatchEventView:
    return WatchEventView(
        id=Id(row.id),
        video_id=Id(row.video_id),
        session=row.session,
        kind=WatchKind(row.kind),
        position=row.position,
        at=Timestamp.of(row.at),
        heard_at=Timestamp.of(row.heard_at),
        quartile=row.quartile,
        cue_id=Id(row.cue_id) if row.cue_id is not None else None,
        product_id=Id(row.product_id) if row.product_id is not None else None,
    )
