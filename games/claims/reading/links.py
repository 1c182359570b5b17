"""The links of a fission: what sharers pass on, and what helpers see and do."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import ShopperNames
from app.kernel.money import Money
from app.kernel.structs import Id
from app.kernel.tickets import TicketInvalid, Tickets
from games.claims.errors import LinkNotFound
from games.claims.interfaces import SHARERS, Grant, Help
from games.claims.repository import ClaimRepository
from games.claims.rules import device_of
from games.claims.schemas import HelpCreate, LinkView
from games.claims.store import PacketStore
from games.packets.interfaces import Fission, PacketRecord


class Helping(NamedTuple):
    """What a help is, and by which rules."""

    rules: Fission
    help: Help


class LinkCodes:
    """Signs which share of which packet a link belongs to, and whose it is."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    def code(self, record: PacketRecord, shopper_id: int, pool: int, grant: Grant) -> str | None:
        """The link of a sharer's share; None for every other share."""
        if not isinstance(record.rules, Fission) or pool != SHARERS:
            return None
        return self._tickets.sign(record.id, shopper_id, grant.share)

    def read(self, code: str, record: PacketRecord) -> tuple[Fission, int, int]:
        """The packet's rules, the sharer and the link's number. Raises LinkNotFound."""
        try:
            packet_id, sharer_id, link = self._tickets.read(code, 3, now_seconds=0)
        except TicketInvalid:
            raise LinkNotFound from None
        if packet_id != record.id or not isinstance(record.rules, Fission):
            raise LinkNotFound
        return record.rules, sharer_id, link

    def help(self, wanted: HelpCreate, record: PacketRecord, helper_id: int) -> Helping:
        """A shopper's help of a link. Raises LinkNotFound."""
        rules, sharer_id, link = self.read(wanted.link, record)
        return Helping(rules, Help(link, sharer_id, helper_id, device_of(wanted.device)))


class LinkDesk:
    """Shows links to who was sent one."""

    def __init__(
        self,
        codes: LinkCodes,
        store: PacketStore,
        repository: ClaimRepository,
        shoppers: ShopperNames,
    ) -> None:
        self._codes = codes
        self._store = store
        self._repository = repository
        self._shoppers = shoppers

    async def view(
        self, session: AsyncSession, record: PacketRecord, code: str, shopper_id: int | None
    ) -> LinkView:
        """Who asks for help, and how much is missing. Raises LinkNotFound."""
        rules, sharer_id, link = self._codes.read(code, record)
        helped = await self._store.helped(record.id, link)
        if helped is None:
            helped = await self._repository.helps_of(session, record.id, link)
        names = await self._shoppers.names(session, [sharer_id])

        def money(amount_minor: int) -> Money:
            return Money(amount_minor=amount_minor, currency=record.currency)

        return LinkView(
            packet_id=Id(record.id),
            sharer_id=Id(sharer_id),
            sharer_name=names.get(sharer_id, ""),
            helped=helped,
            helpers=rules.helpers,
            helper_amount=money(rules.helper_minor),
            bonus=money(rules.bonus_minor),
            own=sharer_id == shopper_id,
        )
