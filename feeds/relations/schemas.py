"""The bodies of the relation routes."""

from app.kernel.structs import View


class FollowView(View):
    """Whether the caller follows the account now, and how many do."""

    following: bool
    followers: int


class MuteView(View):
    """Whether the caller muted the account now."""

    muted: bool


class BlockView(View):
    """Whether the account is blocked now."""

    blocked: bool
