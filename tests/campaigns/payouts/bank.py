"""A provider that the tests move by hand: it keeps its promises and nothing else."""

from collections.abc import Mapping

from campaigns.payouts.errors import ProviderSilent, SignatureInvalid
from campaigns.payouts.interfaces import Payout, PayoutNews, PayoutProvider, PayoutStatus


class Bank(PayoutProvider):
    """One id is paid at most once, a final word is final; requests and answers get lost."""

    def __init__(self) -> None:
        self.standing: dict[str, PayoutStatus] = {}
        self.orders: dict[str, Payout] = {}
        self.paid: list[Payout] = []
        self.said: list[PayoutNews] = []
        """Everything it ever said, to be delivered again in any order."""
        self.on_the_wire: list[Payout] = []
        """Requests that have not arrived yet, and may never."""
        self.next = "answer"
        """How the next calls go: answer, lost (on the way here), mute (on the way back), slow."""

    async def send(self, payout: Payout) -> PayoutNews:
        if self.next in ("lost", "slow"):
            if self.next == "slow":
                self.on_the_wire.append(payout)
            raise ProviderSilent
        return self._answer(self.arrive(payout))

    def arrive(self, payout: Payout) -> PayoutNews:
        """A request is here."""
        known = self.orders.setdefault(payout.id, payout)
        assert known == payout, "an id with other contents"
        self.standing.setdefault(payout.id, PayoutStatus.PENDING)
        return self._say(payout.id)

    async def query(self, payout_id: str) -> PayoutNews:
        if self.next in ("lost", "slow"):
            raise ProviderSilent
        return self._answer(self._say(payout_id))

    async def cancel(self, payout_id: str) -> PayoutNews:
        if self.next in ("lost", "slow"):
            raise ProviderSilent
        if self.standing.get(payout_id) is not PayoutStatus.PAID:
            self.standing[payout_id] = PayoutStatus.FAILED
        return self._answer(self._say(payout_id))

    def decide(self, payout_id: str, *, pay: bool) -> None:
        """The end of a payout that is pending."""
        if self.standing[payout_id] is PayoutStatus.PENDING:
            self.standing[payout_id] = PayoutStatus.PAID if pay else PayoutStatus.FAILED
            if pay:
                self.paid.append(self.orders[payout_id])
            self._say(payout_id)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> PayoutNews:
        if headers.get("signed") != "by the bank":
            raise SignatureInvalid
        id_, _, status = body.decode().partition(" ")
        return PayoutNews(id_, PayoutStatus(status))

    def _say(self, payout_id: str) -> PayoutNews:
        news = PayoutNews(payout_id, self.standing.get(payout_id, PayoutStatus.UNKNOWN))
        self.said.append(news)
        return news

    def _answer(self, news: PayoutNews) -> PayoutNews:
        if self.next == "mute":
            raise ProviderSilent
        return news
