"""Grants that wallets show before SQL has them: hints in the cache, which may vanish."""

from collections import Counter
from collections.abc import Mapping

from app.kernel.database import Database
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import key
from campaigns.ledger.interfaces import PendingGrants
from games.claims.interfaces import Grant
from games.claims.repository import ClaimRepository
from games.packets.interfaces import PacketRecord

_KEEP_SECONDS = 120


class GrantNotes(PendingGrants):
    """Notes what a shopper was just granted."""

    def __init__(self, cache: Valkey, database: Database, repository: ClaimRepository) -> None:
        self._cache = cache
        self._database = database
        self._repository = repository

    def note(self, record: PacketRecord, shopper_id: int, grant: Grant) -> None:
        """Leave a hint, without waiting for it."""
        self._cache.hint(
            *("HSETEX", _key(shopper_id), "EX", _KEEP_SECONDS, "FIELDS", 1),
            f"{record.id}:{grant.order}",
            f"{grant.amount_minor}:{record.currency}",
        )

    async def pending(self, shopper_id: int) -> Mapping[str, int]:
        """See `PendingGrants`: what is noted and not in SQL."""
        try:
            flat: list[bytes] = await self._cache.call("HGETALL", _key(shopper_id))
        except ValkeyUnavailable:
            return {}
        noted: dict[tuple[int, int], tuple[int, str]] = {}
        for field, value in zip(flat[::2], flat[1::2], strict=True):
            packet_id, _, order = field.partition(b":")
            amount, _, currency = value.partition(b":")
            noted[int(packet_id), int(order)] = int(amount), currency.decode()
        async with self._database.reading() as session:
            settled = await self._repository.settled_among(session, noted)
        sums = Counter[str]()
        for at, (amount, currency) in noted.items():
            if at not in settled:
                sums[currency] += amount
        return sums


def _key(shopper_id: int) -> str:
    return key(shopper_id, "granted", shopper_id)
