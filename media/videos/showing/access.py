"""Who may change a video, and who may see it."""

from app.identity.interfaces import Actor, ActorKind, Role, Scope, requires
from app.kernel.errors import Forbidden
from media.videos.errors import VideoNotFound
from media.videos.interfaces import Visibility
from media.videos.models import Video
from media.videos.rules import is_public

ROLES = (Role.OWNER, Role.OPERATIONS)


def check_manager(actor: Actor, video: Video) -> None:
    """Pass for whoever may change it. Raises VideoNotFound, Forbidden."""
    _check(actor, video, Scope.VIDEOS_WRITE)


def check_reader(actor: Actor, video: Video) -> None:
    """Pass for whoever may see all of it, drafts and figures. Raises VideoNotFound, Forbidden."""
    writes = Scope.VIDEOS_WRITE in actor.scopes
    _check(actor, video, Scope.VIDEOS_WRITE if writes else Scope.VIDEOS_READ)


def _check(actor: Actor, video: Video, scope: Scope) -> None:
    if actor.kind is ActorKind.OPERATOR:
        return
    if video.live != actor.live:
        raise VideoNotFound
    if actor.kind is ActorKind.SHOPPER:
        if not video.by_shopper or video.owner_id != actor.id:
            raise VideoNotFound
        return
    if video.by_shopper or actor.brand_id != video.owner_id:
        raise VideoNotFound
    requires(actor, video.owner_id, roles=ROLES, scope=scope)


def may_read(viewer: Actor | None, video: Video) -> bool:
    """As `check_reader`, as a question."""
    if viewer is None:
        return False
    try:
        check_reader(viewer, video)
    except (VideoNotFound, Forbidden):
        return False
    return True


def may_see(viewer: Actor | None, video: Video) -> bool:
    """Everybody what is public; those who make it, everything. Test data is for test keys."""
    if may_read(viewer, video):
        return True
    live = viewer.live if viewer is not None else True
    public = is_public(Visibility(video.visibility), video.shown_generation)
    return public and video.live == live


def check_operator(actor: Actor) -> None:
    """Raises Forbidden for everybody else."""
    if actor.kind is not ActorKind.OPERATOR:
        raise Forbidden("This is for operators of the house")


def check_uploader(actor: Actor) -> None:
    """Pass for whoever may make videos at all. Raises Forbidden."""
    if actor.kind in (ActorKind.MEMBER, ActorKind.KEY):
        assert actor.brand_id is not None, "members and keys work for a brand"
        requires(actor, actor.brand_id, roles=ROLES, scope=Scope.VIDEOS_WRITE)
