"""From an Authorization header to an actor: what every request goes through first."""

from collections.abc import Callable

from app.identity.errors import SessionRevoked, TokenExpired
from app.identity.keys.interfaces import KeyAuthenticator
from app.identity.sessions.revocations import RevocationList
from app.identity.sessions.tokens import AccessTokens
from app.kernel.actors import Actor
from app.kernel.clock import Clock


class TokenAuthenticator:
    """Access tokens without I/O; API keys with at most one read a second for each key."""

    def __init__(
        self,
        tokens: AccessTokens,
        revocations: RevocationList,
        keys: KeyAuthenticator,
        clock: Clock,
    ) -> None:
        self._verified = tokens.verified
        self._denied = revocations.denied
        self._revocations = revocations
        self._keys = keys
        self._now_seconds = clock.now_seconds

    def recognise(self, header: str) -> Actor | None:
        """See `Authenticator`. Raises TokenInvalid, TokenExpired, SessionRevoked."""
        if header[7:10] == "sk_":
            return None
        found = self._verified(header)
        if found.expires_seconds <= self._now_seconds():
            raise TokenExpired
        denied = self._denied
        if denied and (found.session_id in denied or found.grant_id in denied):
            raise SessionRevoked
        return found.actor

    async def authenticate(self, header: str) -> Actor:
        """The caller. Raises KeyInvalid, and what `recognise` raises."""
        return self.recognise(header) or await self._keys.authenticate(header)

    def expires_seconds(self, header: str) -> float | None:
        """See `Authenticator`."""
        return None if header[7:10] == "sk_" else self._verified(header).expires_seconds

    def on_revoked(self, tell: Callable[[Callable[[Actor], bool]], None]) -> None:
        """See `Authenticator`."""
        self._revocations.on_revoked(lambda revoked: tell(revoked.covers))
