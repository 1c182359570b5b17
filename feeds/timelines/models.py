"""The one table of timelines: which authors are pulled."""

from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class PulledAuthor(Base):
    """An author with at least one post that is not pushed but merged at reading."""

    __tablename__ = "pulled_authors"

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
