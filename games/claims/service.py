"""Opening packets: grab, restore, pause and close, each decided in the packet's bucket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

import structlog

from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.tickets import Tickets
from app.kernel.valkey.aggregates import LOADS_MAX
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.scripts import Refusal
from games.claims.errors import PacketOver, ReceiptInvalid, Refused, WrongPhrase
from games.claims.holding.sold_out import SoldOut
from games.claims.interfaces import SHARERS, Grant, Help
from games.claims.repository import ClaimRepository
from games.claims.rules import guesses_of, is_phrase, stagger_of, wave_of
from games.claims.store import PacketStore
from games.packets.errors import PacketNotFound
from games.packets.interfaces import (
    CloseReason,
    Fission,
    PacketRecord,
    Packets,
    PacketStatus,
)

log: structlog.stdlib.BoundLogger = structlog.get_logger("packets")

_RECEIPT_VALUES = 6
_HELP_VALUES = 7
_ENTRY_VALUES = 3
_CLOSED_MAX = 10_000
T = TypeVar("T")
G = TypeVar("G", int | Grant, Grant)


class Receipt(NamedTuple):
    """What a receipt says: this share was given to this shopper by that decision."""

    packet_id: int
    shopper_id: int
    pool: int
    share: int
    amount_minor: int
    order: int
    """Its upper half is the epoch."""


class HelpReceipt(NamedTuple):
    """This help was given by that decision."""

    packet_id: int
    help: Help
    share: int
    order: int


class Receipts(NamedTuple):
    """What signs receipts, a purpose each: one for a share is none for a help."""

    shares: Tickets
    helps: Tickets
    entries: Tickets


class ClaimService:
    """Decides about shares, and has packets loaded where they are decided."""

    def __init__(
        self,
        *,
        database: Database,
        store: PacketStore,
        repository: ClaimRepository,
        packets: Packets,
        clock: Clock,
        receipts: Receipts,
        granted: Callable[[PacketRecord, int, Grant], None],
    ) -> None:
        self._database = database
        self._store = store
        self._repository = repository
        self._packets = packets
        self._clock = clock
        self._receipts = receipts
        self._granted = granted
        self._sold_out = SoldOut(store)
        self.sold_out_to = self._sold_out.only_pool_to
        """Whether a packet of one pool is known to be sold out, and this shopper to have nothing of
        it. What is remembered was announced to whoever asked."""
        self._closing: dict[int, asyncio.Task[None]] = {}
        self._closed: set[int] = set()
        """What this process closed, so that it does not try at every late grab."""

    async def grab(
        self, record: PacketRecord, shopper_id: int, wave: int | None, phrase: str | None
    ) -> tuple[int, Grant | None]:
        """The pool, and the shopper's share of it; None when it is sold out. Asking again answers
        the same, also after the end. Raises NotOpenYet, PacketOver, PacketPaused, CapReached,
        WrongPhrase, TooManyGuesses."""
        pool = wave_of(record, wave, self._clock.now_seconds() * 1000)
        if pool is None:
            raise PacketNotFound
        if self._sold_out.to(record.id, pool, shopper_id):
            return pool, None
        guesses_max = guesses_of(record)
        if not is_phrase(record, phrase):
            await self._store.count_guess(record.id, shopper_id, guesses_max)
            raise WrongPhrase
        later_ms = stagger_of(record.id, pool, shopper_id, record.windows[pool].stagger_ms)

        def decide() -> Awaitable[Grant | Refused | Refusal]:
            return self._store.grab(
                record.id, shopper_id, pool, later_ms=later_ms, guesses_max=guesses_max
            )

        answer = await decide()
        if answer is Refusal.NOT_LOADED:
            answer = await self._decide(record.id, decide)
        if answer is Refused.SOLD_OUT:
            self._sold_out.note(record.id, pool, only=len(record.windows) == 1)
            return pool, None
        if answer is Refused.OVER:
            if pool == len(record.windows) - 1:
                self._close_soon(record)
            raise PacketOver
        assert isinstance(answer, Grant)
        if answer.new:
            self._granted(record, shopper_id, answer)
        return pool, answer

    async def enter(self, record: PacketRecord, shopper_id: int) -> Grant:
        """Take part in a draw; the share is the entry's number. Again is the same. Raises
        NotOpenYet, PacketOver, PacketPaused."""
        return await self._given(record, lambda: self._store.enter(record.id, shopper_id))

    async def reserve_help(
        self, record: PacketRecord, rules: Fission, help_: Help, keep_ms: int
    ) -> int | Grant:
        """Set a share of a link aside for a helper, until a moment in ms; or with 0 give it up. For
        who has helped already the help. Raises what speaks against it."""
        return await self._given(
            record, lambda: self._store.reserve_help(record.id, help_, rules, keep_ms)
        )

    async def confirm_help(self, record: PacketRecord, rules: Fission, help_: Help) -> Grant:
        """Open what was set aside. Again is the same. Raises NotAside, and what else speaks
        against it."""
        grant = await self._given(record, lambda: self._store.confirm_help(record.id, help_, rules))
        if grant.new:
            self._granted(record, help_.helper_id, grant)
        return grant

    async def _given(
        self, record: PacketRecord, decide: Callable[[], Awaitable[G | Refused | Refusal]]
    ) -> G:
        answer = await self._decide(record.id, decide)
        if answer is Refused.OVER:
            self._close_soon(record)
            raise PacketOver
        assert not isinstance(answer, Refused | Refusal)
        return answer

    async def restore(self, record: PacketRecord, receipt: Receipt) -> Grant:
        """The share that a receipt is about, given again should it have been forgotten."""

        if isinstance(record.rules, Fission) and receipt.pool != SHARERS:
            raise ReceiptInvalid

        async def decide() -> Grant | Refused | Refusal:
            return await self._store.restore(
                record.id,
                receipt.shopper_id,
                receipt.pool,
                receipt.share,
                receipt.amount_minor,
                receipt.order,
            )

        answer = await self._decide(record.id, decide)
        assert isinstance(answer, Grant)
        if answer.new:
            self._sold_out.forget(record.id)
            self._granted(record, receipt.shopper_id, answer)
            log.warning("claim_restored", packet=record.id, order=receipt.order)
        return answer

    async def restore_help(self, record: PacketRecord, receipt: HelpReceipt) -> Grant:
        """The help that a receipt is about, given again should it have been forgotten."""
        rules = record.rules
        if not isinstance(rules, Fission):
            raise ReceiptInvalid
        help_, share, order = receipt.help, receipt.share, receipt.order
        answer = await self._decide(
            record.id, lambda: self._store.restore_help(record.id, help_, rules, share, order)
        )
        assert isinstance(answer, Grant)
        if answer.new:
            self._granted(record, help_.helper_id, answer)
            log.warning("help_restored", packet=record.id, order=order)
        return answer

    async def restore_entry(self, record: PacketRecord, shopper_id: int, text: str) -> Grant:
        """The entry in a draw, made again should it have been forgotten. Raises ReceiptInvalid,
        TicketInvalid, and PacketOver once the entries are counted."""
        values = self._receipts.entries.read(text, _ENTRY_VALUES, now_seconds=0)
        if values[:2] != (record.id, shopper_id):
            raise ReceiptInvalid
        return await self._given(
            record, lambda: self._store.restore_entry(record.id, shopper_id, values[2])
        )

    async def close(self, packet_id: int, reason: CloseReason) -> None:
        """No more shares; what was granted is told to SQL, and the rest returns from there. Again
        is the same. Raises NotDue, AlreadyOpen."""

        async def decide() -> Refusal | None:
            loaded = await self._store.close(packet_id, int(reason))
            return None if loaded else Refusal.NOT_LOADED

        await self._decide(packet_id, decide)

    async def pause(self, packet_id: int, version: int, *, paused: bool) -> None:
        """SQL says so; grabs that come after this returned obey."""
        await self._store.pause(packet_id, version, paused=paused)

    async def warm(self, packet_id: int) -> None:
        """Have a packet loaded before the crowd comes."""
        async with self._database.reading() as session:
            record = await self._packets.record(session, packet_id)
        if record is None or record.status is not PacketStatus.SCHEDULED:
            return  # called off
        if await self._store.standing(packet_id) is None:
            await self._store.packets.load(packet_id, lambda token: self._load(packet_id, token))

    def receipt(self, record: PacketRecord, shopper_id: int, pool: int, grant: Grant) -> str:
        """Signed: what brings a share back that lost live state forgot."""
        return self._receipts.shares.sign(
            record.id, shopper_id, pool, grant.share, grant.amount_minor, grant.order
        )

    def help_receipt(self, record: PacketRecord, help_: Help, grant: Grant) -> str:
        """Signed: what brings a help back, and what it added to the sharer's."""
        return self._receipts.helps.sign(record.id, *help_, grant.share, grant.order)

    def entry_receipt(self, record: PacketRecord, shopper_id: int, entry: Grant) -> str:
        """Signed: what brings an entry in a draw back."""
        return self._receipts.entries.sign(record.id, shopper_id, entry.order)

    def read_help_receipt(self, text: str, packet_id: int, shopper_id: int) -> HelpReceipt:
        """What a receipt of this helper about this packet says. Raises as `read_receipt` does."""
        values = self._receipts.helps.read(text, _HELP_VALUES, now_seconds=0)
        help_ = Help(*values[1:5])
        if (values[0], help_.helper_id) != (packet_id, shopper_id):
            raise ReceiptInvalid
        return HelpReceipt(packet_id, help_, *values[5:])

    def read_receipt(self, text: str, packet_id: int, shopper_id: int) -> Receipt:
        """What a receipt of this shopper about this packet says. Raises ReceiptInvalid, and
        TicketInvalid for what we did not sign."""
        receipt = Receipt(*self._receipts.shares.read(text, _RECEIPT_VALUES, now_seconds=0))
        if (receipt.packet_id, receipt.shopper_id) != (packet_id, shopper_id):
            raise ReceiptInvalid
        return receipt

    async def _decide(self, packet_id: int, decide: Callable[[], Awaitable[T]]) -> T:
        for _ in range(LOADS_MAX):
            answer = await decide()
            if answer is not Refusal.NOT_LOADED:
                return answer
            await self._store.packets.load(packet_id, lambda token: self._load(packet_id, token))
        raise ValkeyUnavailable

    async def _load(self, packet_id: int, token: str) -> None:
        async with self._database.snapshot() as session:
            record = await self._packets.record(session, packet_id)
            if record is None or record.status in (PacketStatus.DRAFT, PacketStatus.FUNDED):
                raise PacketNotFound
            if not record.windows:
                raise PacketOver  # called off before it was scheduled
            pools = await self._packets.shares(record)
            claims = self._repository.all_of(session, packet_id)
            entries = self._repository.entries_of(session, packet_id)
            await self._store.load(token, record, pools, claims, entries)

    def _close_soon(self, record: PacketRecord) -> None:
        """Whoever comes late ends it. The sweep would as well; this is only sooner. What is over
        long before it closes waits for the sweep: nobody's coming makes it due."""
        packet_id = record.id
        if record.ends_at != record.closes_at:
            return
        if packet_id not in self._closing and packet_id not in self._closed:
            task = self._closing[packet_id] = asyncio.create_task(self._close_due(packet_id))
            task.add_done_callback(lambda _: self._closing.pop(packet_id, None))

    async def _close_due(self, packet_id: int) -> None:
        try:
            await self.close(packet_id, CloseReason.DUE)
            if len(self._closed) >= _CLOSED_MAX:
                self._closed.clear()
            self._closed.add(packet_id)
        except Exception as error:
            log.info("packet_not_closed_yet", packet=packet_id, error=repr(error))
