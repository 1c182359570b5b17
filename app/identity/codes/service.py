"""Sending one-time codes, and letting them open once.

Nothing here looks at shoppers: a phone that is known and one that is not take the same way.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.codes import repository, rules
from app.identity.codes.interfaces import CodeSender
from app.identity.codes.models import CodeEvent
from app.identity.codes.rules import Bound
from app.identity.errors import CodeWrong
from app.identity.rules import mask_phone
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import AppError, FieldError, TooMany
from app.kernel.http.limits import too_many
from app.kernel.ids import Ids
from app.kernel.settings import Settings

log: structlog.stdlib.BoundLogger = structlog.get_logger("codes")

DELIVER_TASK = "identity.deliver_code"
_SENT, _MISSED = "sent", "missed"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_NOBODY = bytes(32)


@dataclass(frozen=True)
class Delivery:
    """A code in clear, for the moment of sending it."""

    phone: str
    code: str
    expires_in_seconds: int


class CodeService:
    """Codes of six digits. `keys`: to hash with, first, and the ones still accepted."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        ids: Ids,
        sender: CodeSender,
        keys: Sequence[bytes],
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._sender = sender
        self._keys = keys
        self._address_per_hour = settings.rate_limit_auth_per_hour
        self._phone_bounds = (
            Bound(1, rules.RESEND_AFTER),
            Bound(settings.otp_sends_per_hour, _HOUR),
            Bound(rules.SENDS_PER_DAY_MAX, _DAY),
        )
        per_day = settings.rate_limit_auth_per_hour * rules.ADDRESS_DAY_HOURS
        self._address_bounds = (Bound(self._address_per_hour, _HOUR), Bound(per_day, _DAY))

    async def send(self, tx: Transaction, phone: str, address: str) -> None:
        """Make a code for a normalised phone and see to its delivery. Raises TooMany."""
        now, group = self._clock.now(), rules.address_group(address)
        await repository.lock(tx.session, f"address:{group}", f"phone:{phone}")
        if (refusal := await self._address_refusal(tx, group, now)) is not None:
            raise refusal
        sends = await repository.phone_events(tx.session, phone, _SENT, now - _DAY)
        free_at = rules.wait_until(sends, self._phone_bounds, now)
        if free_at > now:
            raise _wait(free_at - now, self._phone_bounds[1].count_max)
        code, code_id = f"{secrets.randbelow(rules.CODES):06d}", self._ids.new()
        remote = self._sender.remote
        await repository.put(
            tx.session,
            {
                "phone": phone,
                "id": code_id,
                "code_hash": rules.code_hash(self._keys[0], phone, code_id, code),
                "sealed": rules.seal(self._keys[0], code_id, code) if remote else None,
                "sent_at": now,
                "expires_at": now + rules.CODE_LIFE,
                "attempts": 0,
                "spent_at": None,
            },
        )
        self._note(tx, _SENT, phone, group, now)
        if remote:
            await tx.defer(DELIVER_TASK, code_id=code_id)
        else:
            seconds = int(rules.CODE_LIFE.total_seconds())
            tx.after_commit(lambda: self._sender.send(phone, code, seconds))

    async def redeem(self, tx: Transaction, phone: str, code: str, address: str) -> AppError | None:
        """None when the code opens, once; else the refusal, with the attempt counted. The caller
        commits in either case."""
        now, group = self._clock.now(), rules.address_group(address)
        await repository.lock(tx.session, f"address:{group}")
        if (refusal := await self._address_refusal(tx, group, now)) is not None:
            return refusal
        row = await repository.locked(tx.session, phone)
        stored, code_id = (row.code_hash, row.id) if row else (_NOBODY, 0)
        matches = rules.opens(self._keys, stored, phone, code_id, code)
        alive = (
            row is not None
            and row.spent_at is None
            and row.expires_at > now
            and row.attempts < rules.ATTEMPTS_MAX
        )
        if row is not None and alive and matches:
            row.spent_at, row.sealed = now, None
            return None
        if row is not None and alive:
            row.attempts += 1
        self._note(tx, _MISSED, phone, group, now)
        return CodeWrong(errors=[FieldError("/code", CodeWrong.title)])

    async def deliverable(self, session: AsyncSession, code_id: int) -> Delivery | None:
        """What to send, or None when it was sent, spent, replaced or is too old."""
        row, now = await repository.by_id(session, code_id), self._clock.now()
        if row is None or row.sealed is None or row.expires_at <= now:
            return None
        for key in self._keys:
            code = rules.unseal(key, code_id, row.sealed)
            if rules.opens([key], row.code_hash, row.phone, code_id, code):
                return Delivery(row.phone, code, int((row.expires_at - now).total_seconds()))
        log.warning("code_unreadable_after_rotation", to=mask_phone(row.phone))
        return None

    async def delivered(self, tx: Transaction, code_id: int) -> None:
        """Nobody needs to read the code again."""
        await repository.unseal(tx.session, code_id)

    async def forget_old(self, tx: Transaction) -> None:
        """For a periodic job."""
        now = self._clock.now()
        await repository.forget(tx.session, codes_before=now - _HOUR, events_before=now - _DAY)

    async def _address_refusal(self, tx: Transaction, group: str, now: datetime) -> TooMany | None:
        most = self._address_bounds[-1].count_max
        events = await repository.address_events(tx.session, group, now - _DAY, most)
        free_at = rules.wait_until(events, self._address_bounds, now)
        return _wait(free_at - now, self._address_per_hour) if free_at > now else None

    def _note(self, tx: Transaction, kind: str, phone: str, group: str, now: datetime) -> None:
        event = CodeEvent(id=self._ids.new(), kind=kind, phone=phone, address=group, at=now)
        tx.session.add(event)


def _wait(span: timedelta, limit: int) -> TooMany:
    return too_many(int(span.total_seconds()) + 1, limit)
