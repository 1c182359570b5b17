"""What a post must be and how its state may move: pure.

draft ⇄ scheduled → published → withdrawn
  └──────────────────────↗  (draft → published directly; draft and scheduled → withdrawn)
"""

import re

import msgspec

from app.kernel.errors import FieldError
from app.kernel.text import folded, is_visible
from feeds.accounts.interfaces import AccountKind, AccountRecord
from feeds.posts.interfaces import Audience, FanOut, PostKind, PostStatus
from media.videos.interfaces import VideoRecord, Visibility

TEXT_CHARS_MAX = 2_000
PICTURES_MAX = 9
PRODUCTS_MAX = 20
HASHTAGS_MAX = 10
HASHTAG_CHARS_MAX = 40
SELECTED_MAX = 1_000
PINS_MAX = 3
EDITS_MAX = 100
AHEAD_DAYS_MAX = 365
"""How far ahead a post may be scheduled."""

_MOVES = {
    PostStatus.DRAFT: {PostStatus.SCHEDULED, PostStatus.PUBLISHED, PostStatus.WITHDRAWN},
    PostStatus.SCHEDULED: {PostStatus.DRAFT, PostStatus.PUBLISHED, PostStatus.WITHDRAWN},
    PostStatus.PUBLISHED: {PostStatus.WITHDRAWN},
    PostStatus.WITHDRAWN: set[PostStatus](),
}
_TAG = re.compile(
    r"[#＃]([^#＃\s](?:[^#＃\n]{0,38}[^#＃\s])?)[#＃]"  # #春天的 颜色#
    r"|[#＃](\w{1,40})(?!\w)"  # #sale
)
_VISIBLE = re.compile(r"\w")


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a post shows, as the rules see it."""

    kind: PostKind
    text: str
    pictures: int
    video: bool
    products: int
    is_repost: bool
    account_kind: AccountKind


def may_move(status: PostStatus, to: PostStatus) -> bool:
    """Whether there is an arrow; staying where it is needs none."""
    return to == status or to in _MOVES[status]


def hashtags_of(text: str) -> list[str]:
    """The topics a text names, as written, each once, at most `HASHTAGS_MAX`.

    Both spellings count: #话题# as on Weibo, with spaces inside, and #word up to the first
    character that is no letter, digit or underscore; of at most `HASHTAG_CHARS_MAX` characters.
    """
    tags: dict[str, str] = {}
    for found in _TAG.finditer(text):
        name = found.group(1) or found.group(2)
        if _VISIBLE.search(name):
            tags.setdefault(tag_key(name), name)
    return list(tags.values())[:HASHTAGS_MAX]


def tag_key(tag: str) -> str:
    """The form in which two spellings are the same topic."""
    return folded(tag)


def missing(content: Content) -> list[FieldError]:
    """What the kind needs and does not have; none when it may go out."""
    errors: list[FieldError] = []
    kind = content.kind
    if kind is PostKind.REPOST:
        if not content.is_repost:
            errors.append(FieldError("/repostOfId", "A repost needs the post it passes on"))
        if content.pictures:
            errors.append(FieldError("/pictureIds", "A repost shows the original's pictures"))
        if content.products:
            errors.append(FieldError("/productIds", "A repost shows the original's products"))
        return errors
    if content.is_repost:
        errors.append(FieldError("/repostOfId", "Only a repost passes on another post"))
    needs_picture = (PostKind.PICTURES, PostKind.BUYER_SHOW, PostKind.ORDER_SHOW)
    if kind in needs_picture and content.pictures < 1 and not content.video:
        errors.append(FieldError("/pictureIds", "At least one picture is needed, or a video"))
    if kind in (PostKind.NEW_ARRIVALS, PostKind.PRODUCT_SHOW) and content.products < 1:
        errors.append(FieldError("/productIds", "At least one product is needed"))
    if kind is PostKind.NEWS and not is_visible(content.text):
        errors.append(FieldError("/text", "News needs a text"))
    shows = (PostKind.BUYER_SHOW, PostKind.ORDER_SHOW)
    if kind in shows and content.account_kind is not AccountKind.SHOPPER:
        errors.append(FieldError("/kind", "Only shoppers show what they bought"))
    return errors


def may_carry(video: VideoRecord, account: AccountRecord) -> bool:
    """Whether posts of an account may carry a video: its own, of its mode, not taken down."""
    owner_id = account.owner_shopper_id if video.by_shopper else account.brand_id
    mine = video.owner_id == owner_id and video.live is account.live
    return mine and video.visibility is not Visibility.TAKEN_DOWN


def is_shown(video: VideoRecord) -> bool:
    """Whether everybody may watch it."""
    return video.visibility is Visibility.PUBLISHED and video.shown_generation is not None


def fan_out_of(audience: Audience, followers: int, push_followers_max: int) -> FanOut:
    """Push to each follower's timeline, or let many followers pull. The selected are few."""
    if audience is Audience.SELECTED or followers <= push_followers_max:
        return FanOut.PUSH
    return FanOut.PULL
