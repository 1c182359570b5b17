"""The table of reports."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Report(Base):
    """What a shopper told the house about something; one for each thing."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("shopper_id", "target_kind", "target_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shopper_id: Mapped[int]
    target_kind: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
