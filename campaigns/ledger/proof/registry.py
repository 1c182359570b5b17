"""Who runs drops and grants money, as they said at wiring."""

from collections import Counter
from collections.abc import Collection, Mapping

from campaigns.ledger.interfaces import Cut, DropBooks, PendingGrants, Registry


class LedgerRegistry(Registry):
    """All books and grants of the house."""

    def __init__(self) -> None:
        self._books: list[DropBooks] = []
        self._grants: list[PendingGrants] = []

    def add_books(self, books: DropBooks) -> None:
        self._books.append(books)

    def add_grants(self, grants: PendingGrants) -> None:
        self._grants.append(grants)

    async def cut(self, drop_ids: Collection[int]) -> Mapping[int, Cut]:
        """Where drops stand, as those who run them say; who runs none of them says nothing."""
        found: dict[int, Cut] = {}
        for books in self._books:
            found |= await books.cut(drop_ids)
        return found

    async def pending(self, shopper_id: int) -> Mapping[str, int]:
        sums: Counter[str] = Counter()
        for grants in self._grants:
            sums.update(await grants.pending(shopper_id))
        return dict(sums)
