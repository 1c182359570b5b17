"""The table of what the demo has made."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class DemoStep(Base):
    """A part of the demo that is there."""

    __tablename__ = "demo_steps"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    made_id: Mapped[int | None]
    """What the step made: an account, a picture, a post."""
