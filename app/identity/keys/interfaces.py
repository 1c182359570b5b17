"""What the authenticator asks of API keys."""

from typing import Protocol

from app.kernel.actors import Actor


class KeyAuthenticator(Protocol):
    """Knows keys by their text."""

    async def authenticate(self, header: str) -> Actor:
        """The actor of `Bearer sk_…`. Raises KeyInvalid."""
        ...
