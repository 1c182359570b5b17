"""The outside log of money: each share that somebody was told to have, written down by the told.

A wish is one shopper's for a share of one pool: (packet, wave, shopper). A call whose answer never
came leaves its wish open: it may or may not have been granted, and either is accepted afterwards.
What was acknowledged must be paid exactly once, with the acknowledged amount, for ever.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from loadtests.common.outside import Refused, Told

Wish = tuple[int, int, int]
"""(packet, wave, shopper)"""
Ask = Callable[[int | None, str, str, Any], Any]
"""ask(shopper, or None for the brand, method, path, body) → the decoded JSON; raises on anything
but 2xx."""

_LIMIT = 50


class Share(NamedTuple):
    """A share as its receipt acknowledges it."""

    number: int
    amount_minor: int
    receipt: str


class MoneyLog:
    """Everything that the virtual shoppers of one process were told about money."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.granted: dict[Wish, Share] = {}
        self.open: set[Wish] = set()
        """Asked, and never answered for certain."""
        self._doubted: set[Wish] = set()
        self.contradictions: list[str] = []
        """Two answers about the same wish that differ."""
        self.packets: dict[int, int] = {}
        """What each packet was funded with, in minor units."""
        self.sold_out: set[tuple[int, int]] = set()
        """(packet, wave) that somebody was told to be empty."""
        self.counts: dict[tuple[int, int], int] = {}
        """How many shares each (packet, wave) has."""

    def note_packet(self, packet: int, funded_minor: int, counts: Sequence[int]) -> None:
        """A packet was opened, with so many shares a wave."""
        with self._lock:
            self.counts |= {(packet, wave): count for wave, count in enumerate(counts)}
            self.packets[packet] = funded_minor

    def asking(self, wish: Wish) -> None:
        """The call leaves: from now on it may have been granted."""
        with self._lock:
            if wish not in self.granted:
                self.open.add(wish)

    def note(self, wish: Wish, told: Told, answer: Any) -> None:
        """An answer: a GrabView, or None when there was none or it was a refusal. An earlier call
        without an answer may still arrive, so after one only a grant ends the doubt."""
        claim = answer["claim"] if answer is not None else None
        with self._lock:
            if answer is not None and answer["outcome"] == "sold_out":
                self.sold_out.add(wish[:2])
            known = self.granted.get(wish)
            if claim is not None:
                share = share_of(claim)
                if int(claim["wave"]) != wish[1]:
                    self.contradictions.append(f"{wish}: was given wave {claim['wave']}")
                if known is not None and known != share:
                    self.contradictions.append(f"{wish}: first {known[:2]}, then {share[:2]}")
                self.granted.setdefault(wish, share)
                self.open.discard(wish)
            elif told is Told.UNSURE:
                self._doubted.add(wish)
            elif known is not None:
                self.contradictions.append(f"{wish}: has {known[:2]}, and was refused later")
            elif wish not in self._doubted:
                self.open.discard(wish)

    def plain(self) -> list[Any]:
        """Everything acknowledged: [packet, wave, shopper, share, amount, receipt]."""
        with self._lock:
            return [[*wish, *share] for wish, share in sorted(self.granted.items())]

    def given_twice(self) -> dict[tuple[int, int, int], list[int]]:
        """(packet, wave, share) → everybody who was told to have it, where that is more than
        one."""
        holders: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for (packet, wave, shopper), share in self.granted.items():
            holders[packet, wave, share.number].append(shopper)
        return {place: told for place, told in holders.items() if len(told) > 1}


def share_of(claim: Any) -> Share:
    """From the JSON of a ClaimView."""
    return Share(int(claim["share"]), int(claim["amount"]["amountMinor"]), claim["receipt"])


def broken_money(log: MoneyLog, brand: int, ask: Ask, *, lost_minor: int = 0) -> Iterator[str]:
    """A sentence for each acknowledged share that is not paid exactly once, and for each packet
    whose sums are wrong. All packets have to be over. `lost_minor` is what the platform may have
    paid for shares given twice."""
    yield from log.contradictions
    if not lost_minor:
        for place, holders in log.given_twice().items():
            yield f"share {place} was acknowledged to {holders}"
    paid: dict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    lost = 0
    for packet, funded in sorted(log.packets.items()):
        rows = list(_pages(ask, None, f"/v1/packets/{packet}/results"))
        for row in rows:
            paid[int(row["shopperId"])][packet, _minor(row["amount"])] += 1
        yield from _rows_of(packet, rows, log)
        figures = ask(None, "GET", f"/v1/brands/{brand}/packets/{packet}/figures", None)
        lost += _minor(figures["lost"])
        yield from _sums_of(packet, funded, rows, figures)
        drop = ask(None, "GET", f"/v1/brands/{brand}/ledger/drops/{packet}", None)
        yield from _drop_of(packet, funded, figures, drop)
    if lost != lost_minor:
        yield f"the platform paid {lost} for shares given twice, {lost_minor} expected"
    for shopper in sorted({shopper for _, _, shopper in log.granted} | set(paid)):
        yield from _wallet_of(shopper, paid[shopper], log, ask)


def _rows_of(packet: int, rows: list[Any], log: MoneyLog) -> Iterator[str]:
    found = Counter((int(row["wave"]), int(row["shopperId"])) for row in rows)
    amounts = {(int(r["wave"]), int(r["shopperId"])): _minor(r["amount"]) for r in rows}
    for of, wave in sorted(log.sold_out):
        given, count = sum(w == wave for w, _ in found), log.counts[of, wave]
        if of == packet and given < count:
            yield f"{(of, wave)} was called sold out, and {given} of {count} were given"
    for (wave, shopper), count in found.items():
        wish = packet, wave, shopper
        if count > 1:
            yield f"{wish} was settled {count} times"
        if wish not in log.granted and wish not in log.open:
            yield f"{wish} was settled and never granted"
    for (of, wave, shopper), share in log.granted.items():
        if of == packet and amounts.get((wave, shopper)) != share.amount_minor:
            have = amounts.get((wave, shopper))
            yield f"{(of, wave, shopper)}: {share.amount_minor} acknowledged, {have} settled"


def _sums_of(packet: int, funded: int, rows: list[Any], figures: Any) -> Iterator[str]:
    amounts = {n: _minor(figures[n]) for n in ("funded", "granted", "refunded", "unsettled")}
    given = sum(_minor(row["amount"]) for row in rows) - _minor(figures["lost"])
    wanted = {"funded": funded, "granted": given, "refunded": funded - given, "unsettled": 0}
    if amounts != wanted or figures["status"] != "closed":
        yield f"packet {packet} ({figures['status']}): {amounts}, expected {wanted}"


def _drop_of(packet: int, funded: int, figures: Any, drop: Any) -> Iterator[str]:
    names = ("fundedMinor", "grantedMinor", "returnedMinor", "reservedMinor")
    have = tuple(int(drop[name]) for name in names)
    wanted = (funded, _minor(figures["granted"]), _minor(figures["refunded"]), 0)
    if have != wanted or have[0] != have[1] + have[2]:
        yield f"ledger of packet {packet}: {dict(zip(names, have, strict=True))}, not {wanted}"


def _wallet_of(
    shopper: int, paid: Counter[tuple[int, int]], log: MoneyLog, ask: Ask
) -> Iterator[str]:
    changes = list(_pages(ask, shopper, "/v1/me/wallet/lines"))
    lines = [
        (int(line["dropId"]), int(line["changeMinor"]))
        for line in changes
        if line["kind"] in ("packet.claim", "packet.loss") and int(line["dropId"]) in log.packets
    ]
    if Counter(lines) != paid:
        more, less = Counter(lines) - paid, paid - Counter(lines)
        yield f"wallet of {shopper}: too much {dict(more)}, too little {dict(less)}"
    balances = ask(shopper, "GET", "/v1/me/wallet", None)["balances"]
    available = sum(_minor(each["available"]) for each in balances)
    total = sum(int(line["changeMinor"]) for line in changes)
    if available != total:
        yield f"wallet of {shopper}: {available}, its lines add up to {total}"


def restored_otherwise(log: MoneyLog, wishes: list[Wish], ask: Ask) -> Iterator[str]:
    """A sentence for each of these wishes whose packet or receipt does not answer what was
    acknowledged."""
    for wish in wishes:
        packet, wave, shopper = wish
        share = log.granted[wish]
        view = ask(shopper, "GET", f"/v1/packets/{packet}", None)
        held = {int(each["wave"]): share_of(each) for each in view["mine"]}
        if held.get(wave) != share:
            yield f"{wish}: {share[:2]} acknowledged, the packet now says {held.get(wave)}"
        body = {"receipt": share.receipt}
        back = share_of(ask(shopper, "POST", f"/v1/packets/{packet}/restore", body))
        if back[:2] != share[:2]:
            yield f"{wish}: {share[:2]} acknowledged, its receipt brings {back[:2]}"


def answered_otherwise(log: MoneyLog, grabs: Mapping[Wish, Any], ask: Ask) -> Iterator[str]:
    """A sentence for each of these grabs that, sent again, is not answered as it was at first."""
    for wish, body in grabs.items():
        share = log.granted[wish]
        try:
            answer = ask(wish[2], "POST", f"/v1/packets/{wish[0]}/grab", body)
        except Refused as error:
            yield f"{wish}: {share[:2]} acknowledged, asking again is refused: {error}"
            continue
        claim = None if answer["claim"] is None else share_of(answer["claim"])
        if claim != share:
            found = claim and claim[:2]
            yield f"{wish}: {share[:2]} acknowledged, asking again is answered {found}"


def _minor(money: Any) -> int:
    return int(money["amountMinor"])


def _pages(ask: Ask, shopper: int | None, path: str) -> Iterator[Any]:
    cursor = ""
    while True:
        page = ask(shopper, "GET", f"{path}?limit={_LIMIT}{cursor}", None)
        yield from page["items"]
        if page["nextCursor"] is None:
            return
        cursor = f"&cursor={page['nextCursor']}"
