"""What the rooms of identity ask of sessions."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import RevokedScope
from app.kernel.actors import Actor
from app.kernel.database import Transaction


class Revoker(Protocol):
    """Takes things back in every process."""

    def revoke(
        self,
        tx: Transaction,
        scope: RevokedScope,
        subject_id: int,
        *,
        actor_id: int | None = None,
        brand_id: int | None = None,
    ) -> None:
        """With the transaction; for grants, tell who held it and where."""
        ...


class TokenIssuer(Protocol):
    """Makes access tokens for sessions that stand."""

    async def issue_alive(
        self, session: AsyncSession, actor: Actor, grant_id: int
    ) -> tuple[str, datetime]:
        """A token with a role, and when it ends. Asks SQL whether the sign-in stands: more rights
        are not given on the word of a token. Raises SessionRevoked."""
        ...
