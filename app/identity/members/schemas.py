"""Bodies of members and workplaces."""

from app.identity.interfaces import Role
from app.identity.schemas import PhoneText
from app.kernel.structs import Id, Input, Timestamp, View


class MemberCreate(Input):
    """An invitation. It counts as soon as somebody signs in with the phone."""

    phone: PhoneText
    role: Role


class MemberUpdate(Input):
    """Another role."""

    role: Role


class MemberView(View):
    """A member as colleagues see them."""

    id: Id
    phone_masked: str
    role: Role
    name: str | None
    """null until the member has come to work: an invitation tells nothing about a phone."""
    invited_at: Timestamp
    joined_at: Timestamp | None


class Workplace(View):
    """A brand I work for."""

    brand_id: Id
    brand_name: str | None
    role: Role


class Workplaces(View):
    """Where I may ask for a token to work with."""

    items: list[Workplace]
    operator: bool
    """Whether I run the house: the workplace called `operator`."""


class WorkToken(View):
    """An access token with a role. It ends like any other; ask again instead of refreshing it."""

    access_token: str
    access_expires_at: Timestamp
    brand_id: Id | None
    role: str
    """A role in the brand, or `operator`."""
