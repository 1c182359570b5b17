"""Whether a post may carry what it is meant to carry."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import Invalid
from app.kernel.house import Doors
from feeds.accounts.interfaces import AccountRecord
from feeds.posts.models import Post
from feeds.posts.rules import is_shown, may_carry
from feeds.posts.schemas import PacketAttachment, VideoAttachment
from games.packets.interfaces import Packets
from media.videos.interfaces import Videos


async def attach(
    session: AsyncSession,
    doors: Doors,
    account: AccountRecord,
    post: Post,
    attachment: PacketAttachment | VideoAttachment,
) -> None:
    """Attach a packet or a video. Raises Invalid for what the account's posts may not carry. A
    draft may wait for its video: see `refuse_unseen`."""
    if isinstance(attachment, PacketAttachment):
        post.packet_id = packet_id = int(attachment.packet_id)
        who = account.brand_id, account.live
        await doors.get(Packets).check_carried(session, packet_id, *who)
        return
    post.video_id = video_id = int(attachment.video_id)
    record = await doors.get(Videos).get(session, video_id)
    if record is None or not may_carry(record, account):
        raise Invalid.field("/attachment/videoId", "Not a video of this account")


async def refuse_unseen(session: AsyncSession, doors: Doors, post: Post) -> None:
    """Raises Invalid for a post whose video its readers could not watch."""
    if post.video_id is None:
        return
    record = await doors.get(Videos).get(session, post.video_id)
    if record is None or not is_shown(record):
        words = "This video is not published yet; keep the post as a draft until then"
        raise Invalid.field("/attachment/videoId", words)
