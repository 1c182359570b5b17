"""What a transfer may be, what a batch does to balances, and the digest of a row."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from app.kernel.money import AMOUNT_MINOR_MAX, CURRENCY
from campaigns.ledger.errors import Insufficient, KeyReused, TransferRefused
from campaigns.ledger.interfaces import BATCH_MAX, KEY_CHARS_MAX, Account, AccountKind, Transfer

BALANCE_MINOR_MAX = 10**18
"""Beyond it a sum of a few balances would leave 64 bits."""

_KEY = re.compile(r"[A-Za-z0-9_.:/@#-]+\Z")
_KIND = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)*\Z")
_KIND_CHARS_MAX = 40
_OVERDRAWN = frozenset((AccountKind.PLATFORM, AccountKind.LOSS))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_K = AccountKind
WAYS = frozenset(
    (
        (_K.PLATFORM, _K.BUDGET),  # top-up
        (_K.BUDGET, _K.ESCROW),  # reserve for a drop
        (_K.ESCROW, _K.BUDGET),  # release, refund
        (_K.ESCROW, _K.WALLET),  # a grant
        (_K.LOSS, _K.WALLET),  # a grant whose share was given twice
        (_K.PLATFORM, _K.LOSS),  # covering what was lost
        (_K.WALLET, _K.CLEARING),  # a withdrawal was asked
        (_K.CLEARING, _K.PLATFORM),  # it was received
        (_K.CLEARING, _K.WALLET),  # it failed
        (_K.BUDGET, _K.PLATFORM),  # corrections of the above
        (_K.WALLET, _K.ESCROW),
        (_K.WALLET, _K.LOSS),
    )
)
"""Money goes these ways only: what a drop got and gave stays four sums."""

REVERSIBLE = frozenset(
    (
        (AccountKind.PLATFORM, AccountKind.BUDGET),
        (AccountKind.ESCROW, AccountKind.WALLET),
        (AccountKind.LOSS, AccountKind.WALLET),
    )
)
"""What operators may reverse. Funding comes back by closing the drop, a withdrawal by failing."""


def check(transfers: Sequence[Transfer]) -> None:
    """Raises TransferRefused for what no state of the accounts would allow."""
    if len(transfers) > BATCH_MAX:
        raise TransferRefused(f"At most {BATCH_MAX} transfers are posted at once")
    for each in transfers:
        if (wrong := _wrong(each)) is not None:
            raise TransferRefused(wrong)


def _wrong(each: Transfer) -> str | None:
    if len(each.key) > KEY_CHARS_MAX or not _KEY.match(each.key):
        return "A key has letters, digits and _.:/@#-, at most 120"
    if len(each.kind) > _KIND_CHARS_MAX or not _KIND.match(each.kind):
        return "A kind has lower case letters and dots, at most 40"
    if not 0 < each.amount_minor <= AMOUNT_MINOR_MAX:
        return f"An amount lies between 1 and {AMOUNT_MINOR_MAX}"
    source, target = each.source, each.target
    if source.currency != target.currency or not CURRENCY.match(source.currency):
        return "Both accounts of a transfer have one currency"
    if (source.kind, target.kind) not in WAYS:
        return f"No money goes from {source.kind} to {target.kind}"
    if source.owner_id < 0 or target.owner_id < 0:
        return "Owners are ids"
    into, out_of = target.kind is _K.ESCROW, source.kind is _K.ESCROW
    if (into and target.owner_id != each.drop_id) or (out_of and source.owner_id != each.drop_id):
        return "What goes into or out of an escrow names its drop"
    return None


def distinct(transfers: Sequence[Transfer]) -> dict[str, Transfer]:
    """By key, in their order. Raises KeyReused when one key says two things."""
    found: dict[str, Transfer] = {}
    for each in transfers:
        first = found.setdefault(each.key, each)
        if first is not each and first != each:
            raise KeyReused(f"{each.key} is given twice with other contents")
    return found


def in_order(accounts: Iterable[Account]) -> list[Account]:
    """The one order in which balances are locked."""
    return sorted(set(accounts), key=lambda each: (each.kind, each.owner_id, each.currency))


class Row(msgspec.Struct, frozen=True, gc=False):
    """A transfer with the balances it leaves behind."""

    transfer: Transfer
    source_after_minor: int
    target_after_minor: int


def carry_out(
    transfers: Iterable[Transfer], balances: Mapping[Account, int]
) -> tuple[list[Row], dict[Account, int]]:
    """The rows, and the balances after all of them. Raises Insufficient at the first step that
    would take a balance below zero, TransferRefused beyond `BALANCE_MINOR_MAX`."""
    after = dict(balances)
    rows: list[Row] = []
    for each in transfers:
        source, target, amount = each.source, each.target, each.amount_minor
        left = after[source] - amount
        if left < 0 and source.kind not in _OVERDRAWN:
            raise Insufficient
        after[source] = left
        after[target] = got = after[target] + amount
        if got > BALANCE_MINOR_MAX or left < -BALANCE_MINOR_MAX:
            raise TransferRefused("This balance would be beyond every bound")
        rows.append(Row(each, left, got))
    return rows, after


@dataclass(slots=True)
class Flows:
    """What a batch does to one drop."""

    kind: str = ""
    brand_id: int | None = None
    """Of the budget on the other side, when there is one."""
    currency: str = ""
    funded_minor: int = 0
    paid_minor: int = 0
    corrected_minor: int = 0
    returned_minor: int = 0


def flows(transfers: Iterable[Transfer]) -> dict[int, Flows]:
    """By drop, in the order of their ids. Raises TransferRefused for two brands or currencies."""
    found: dict[int, Flows] = {}
    for each in transfers:
        into, out_of = each.target.kind is _K.ESCROW, each.source.kind is _K.ESCROW
        if not into and not out_of:
            continue
        inner, outer = (each.target, each.source) if into else (each.source, each.target)
        flow = found.setdefault(inner.owner_id, Flows(currency=inner.currency))
        if flow.currency != inner.currency:
            raise TransferRefused("A drop has one currency")
        if outer.kind is _K.BUDGET:
            if flow.brand_id not in (None, outer.owner_id):
                raise TransferRefused("A drop has one brand")
            flow.brand_id = outer.owner_id
        if outer.kind is not _K.BUDGET:
            flow.paid_minor += 0 if into else each.amount_minor
            flow.corrected_minor += each.amount_minor if into else 0
        elif into:
            flow.kind = flow.kind or each.kind
            flow.funded_minor += each.amount_minor
        else:
            flow.returned_minor += each.amount_minor
    return dict(sorted(found.items()))


def digest(row: Row, made_at: datetime) -> bytes:
    """SHA-256 of everything a row says; `repository.DIGEST` is the same in SQL."""
    each, made = row.transfer, (made_at - _EPOCH) // _MICROSECOND
    says = (
        f"{each.key}|{each.kind}|{each.source}|{each.target}|{each.amount_minor}|"
        f"{each.drop_id or 0}|{made}|{row.source_after_minor}|{row.target_after_minor}"
    )
    return hashlib.sha256(says.encode()).digest()
