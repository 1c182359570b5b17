"""Decisions that could not be settled: kept whole, counted, and never in the way of others.

A row here means that live state and SQL contradict each other, or that a handler is defective. It
fails the audit until two operators have decided about it, and stays to be seen after that.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import CheckConstraint, LargeBinary, String, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Database, Transaction

_REASON_MAX = 500
_KIND_MAX = 64


class QuarantinedDecision(Base):
    """One decision, with why it is here."""

    __tablename__ = "quarantined_decisions"
    __table_args__ = (
        CheckConstraint("resolved_by IS NULL OR resolved_by <> proposed_by", name="four_eyes"),
    )

    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(_KIND_MAX))
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    """The stream entry's fields in MessagePack: they may be anything, so no text type is safe."""
    reason: Mapped[str] = mapped_column(String(_REASON_MAX))
    quarantined_at: Mapped[datetime] = mapped_column(server_default=func.now())
    proposal: Mapped[str | None] = mapped_column(String(16))
    """What an operator wants to become of it."""
    note: Mapped[str | None] = mapped_column(String(_REASON_MAX))
    """Why."""
    proposed_by: Mapped[int | None]
    proposed_at: Mapped[datetime | None]
    resolution: Mapped[str | None] = mapped_column(String(16))
    """What became of it, another operator having agreed."""
    resolved_by: Mapped[int | None]
    resolved_at: Mapped[datetime | None]


async def quarantine(
    tx: Transaction,
    *,
    bucket: int,
    entry_id: str,
    kind: str,
    entry: Mapping[str, Any] | list[Any],
    reason: str,
) -> None:
    """Keep a decision for a person to look at. Doing so again changes nothing."""
    epoch, _, sequence = entry_id.partition("-")
    row = {
        "bucket": bucket,
        "epoch": int(epoch),
        "sequence": int(sequence),
        "kind": _printable(kind, _KIND_MAX),
        "entry": msgspec.msgpack.encode(entry),
        "reason": _printable(reason, _REASON_MAX),
    }
    await tx.session.execute(insert(QuarantinedDecision).values(row).on_conflict_do_nothing())


async def audit_quarantine(database: Database) -> list[str]:
    """A sentence a kind that has decisions nobody decided about; none when all is well."""
    statement = (
        select(QuarantinedDecision.kind, func.count())
        .where(QuarantinedDecision.resolution.is_(None))
        .group_by(QuarantinedDecision.kind)
    )
    async with database.reading() as session:
        rows = (await session.execute(statement)).all()
    return [f"{count} decisions of kind {kind} are in quarantine" for kind, count in rows]


def _printable(text: str, length_max: int) -> str:
    """What a PostgreSQL text column takes, whatever came in."""
    clean = text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\0")
    return clean[:length_max]
