"""PostgreSQL: the truth. One engine a process, one unit of work a request or task.

Only the boundary commits: a service receives a `Transaction` and never ends it.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import BigInteger, DateTime, MetaData, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from app.kernel.settings import Settings

log: structlog.stdlib.BoundLogger = structlog.get_logger("database")

AfterCommit = Callable[[], Awaitable[None]]


class Base(DeclarativeBase):
    """Every table. Integers are 64-bit and times carry a zone unless a column says otherwise."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {int: BigInteger, datetime: DateTime(timezone=True)}


class Transaction:
    """A unit of work: a session, the jobs deferred with it, and what to do once it is true."""

    def __init__(self, session: AsyncSession, defer: "Defer") -> None:
        self.session = session
        self._defer = defer
        self._after_commit: list[AfterCommit] = []

    async def defer(
        self,
        task: str,
        *,
        at: datetime | None = None,
        lock: str | None = None,
        priority: int = 0,
        queue: str | None = None,
        **arguments: Any,
    ) -> None:
        """Queue a job that exists if and only if this transaction commits. Of those that wait in
        its queue, which is its task's unless said otherwise, the one of the highest priority is
        next."""
        connection = await self.session.connection()
        raw = await connection.get_raw_connection()
        await self._defer(raw.driver_connection, task, at, lock, priority, queue, arguments)

    def after_commit(self, action: AfterCommit) -> None:
        """Run `action` after the commit. It is a hint: a failure is logged, never raised, so
        whatever must happen is deferred as a job as well."""
        self._after_commit.append(action)

    async def run_after_commit(self) -> None:
        """For the boundary: the hints, in order."""
        actions, self._after_commit = self._after_commit, []
        for action in actions:
            try:
                await action()
            except Exception as error:
                log.warning("after_commit_failed", error=repr(error))


Defer = Callable[
    [Any, str, datetime | None, str | None, int, str | None, dict[str, Any]], Awaitable[None]
]


class Database:
    """The engine and its units of work."""

    def __init__(self, settings: Settings, defer: Defer, *, pool_size: int | None = None) -> None:
        self._engine = create_async_engine(
            sqlalchemy_url(settings.database_url),
            pool_size=pool_size or settings.database_pool_size,
            max_overflow=0,
            pool_timeout=settings.database_timeout_seconds,
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args={"connect_timeout": max(2, int(settings.database_timeout_seconds))},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._defer = defer

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """One unit of work: committed at the end, rolled back on any error."""
        async with self._sessions() as session:
            tx = Transaction(session, self._defer)
            yield tx
            await session.commit()
        await tx.run_after_commit()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """A session for reading outside a request, never committed."""
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncSession]:
        """Like `reading`, with every statement seeing the same moment."""
        async with self._sessions() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    async def now_seconds(self) -> float:
        """The server's clock, in seconds since 1970."""
        async with self.reading() as session:
            statement = text("SELECT extract(epoch FROM clock_timestamp())::float8")
            return float((await session.execute(statement)).scalar_one())

    async def ping(self) -> None:
        """Raises when PostgreSQL does not answer."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()


def sqlalchemy_url(url: str) -> str:
    """The usual `postgresql://` with psycopg 3 named as the driver."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
