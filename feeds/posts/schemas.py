"""The bodies of the writing routes."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from app.kernel.structs import Id, Input, Timestamp, View
from feeds.posts.interfaces import Audience, PostKind, PostStatus, PostView
from feeds.posts.rules import PICTURES_MAX, PRODUCTS_MAX, SELECTED_MAX, TEXT_CHARS_MAX

Text = Annotated[
    str, msgspec.Meta(max_length=TEXT_CHARS_MAX, examples=["山茶开了 #春天的颜色# #sale"])
]
PictureIds = Annotated[list[Id], msgspec.Meta(max_length=PICTURES_MAX)]
ProductIds = Annotated[list[Id], msgspec.Meta(max_length=PRODUCTS_MAX)]


class AudienceInput(Input):
    """Who may see a post."""

    kind: Audience
    shopper_ids: Annotated[list[Id], msgspec.Meta(max_length=SELECTED_MAX)] = []
    """For `selected` only: those who may see it, if they follow."""


class PacketAttachment(Input, tag_field="type", tag="packet"):
    """A packet of the account's brand, scheduled already."""

    packet_id: Id


class VideoAttachment(Input, tag_field="type", tag="video"):
    """A published video of the account's own."""

    video_id: Id


class PostCreate(Input):
    """A new post: published at once, at `publishAt`, or kept as a draft."""

    kind: PostKind
    account_id: Id | None = None
    """Which of `/v1/me/accounts`; default: the own one, for a key its brand's."""
    text: Text = ""
    picture_ids: PictureIds = []
    product_ids: ProductIds = []
    attachment: PacketAttachment | VideoAttachment | None = None
    repost_of_id: Id | None = None
    audience: AudienceInput | None = None
    """Default: everyone."""
    publish_at: Timestamp | None = None
    draft: bool = False


class PostUpdate(Input):
    """What changes; what is left out stays."""

    text: Text | UnsetType = UNSET
    picture_ids: PictureIds | UnsetType = UNSET
    product_ids: ProductIds | UnsetType = UNSET
    audience: AudienceInput | UnsetType = UNSET
    """Before publication only."""
    publish_at: Timestamp | UnsetType | None = UNSET
    """Before publication only; null makes it a draft again."""


class ManagedPost(View):
    """A post as its account sees it."""

    post: PostView
    status: PostStatus
    publish_at: Timestamp | None
    pinned: bool


class PinView(View):
    """Whether the post is pinned now."""

    pinned: bool
