"""HTTP of the feed: two endpoints of the hot lane."""

from collections.abc import Sequence
from functools import lru_cache

from litestar.openapi.spec import OpenAPIType, Schema

from app.identity.interfaces import requires_shopper
from app.kernel.errors import Invalid
from app.kernel.http.hot import HotAnswer, HotEndpoint, HotRequest
from app.kernel.http.responses import matches, weak_etag
from app.kernel.structs import encode_json
from feeds.timelines.reading.pages import NEW_POSTS_MAX, FeedPages, Page
from feeds.timelines.schemas import FeedView, NewPostsView

LIMIT_DEFAULT = 20
LIMIT_MAX = 50
_TEXT_MAX = 80


class FeedEndpoints:
    """The handlers; both are reads and answer 304 to who has the page."""

    def __init__(self, pages: FeedPages) -> None:
        self._pages = pages

    def declared(self) -> Sequence[HotEndpoint]:
        """The declarations, for both lanes."""
        return [
            HotEndpoint(
                "GET",
                "/v1/feed",
                "getFeed",
                "Posts of the accounts you follow, newest first",
                self.feed,
                FeedView,
                tags=("feed",),
                query={
                    "cursor": Schema(
                        type=OpenAPIType.STRING,
                        max_length=_TEXT_MAX,
                        description="`nextCursor` of the page before; none: the first",
                    ),
                    "limit": Schema(
                        type=OpenAPIType.INTEGER,
                        minimum=1,
                        maximum=LIMIT_MAX,
                        description="Items a page",
                    ),
                },
            ),
            HotEndpoint(
                "GET",
                "/v1/feed/new",
                "countNewPosts",
                "How many posts came since a head",
                self.new,
                NewPostsView,
                tags=("feed",),
                query={
                    "since": Schema(
                        type=OpenAPIType.STRING,
                        max_length=_TEXT_MAX,
                        description=f"`head` of a page; counts up to {NEW_POSTS_MAX}",
                    )
                },
            ),
        ]

    async def feed(self, request: HotRequest) -> HotAnswer:
        """A page of the feed."""
        shopper_id = requires_shopper(request.signed_in())
        limit = _limit_of(request.query.get("limit"))
        page = await self._pages.page(shopper_id, request.query.get("cursor"), limit)
        return _answer(request, page)

    async def new(self, request: HotRequest) -> HotAnswer:
        """How many posts came since a head."""
        shopper_id = requires_shopper(request.signed_in())
        since = request.query.get("since")
        if since is None:
            raise Invalid.field("#query/since", "Give the `head` of a page")
        count, head = await self._pages.new_since(shopper_id, since)
        body = encode_json(NewPostsView(count=count, head=head))
        return _answer(request, Page.of(body, weak_etag(body)))


@lru_cache(maxsize=128)
def _limit_of(text: str | None) -> int:
    if text is None:
        return LIMIT_DEFAULT
    if text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= LIMIT_MAX:
        return int(text)
    raise Invalid.field("#query/limit", f"Give a number from 1 to {LIMIT_MAX}")


def _answer(request: HotRequest, page: Page) -> HotAnswer:
    if request.if_none_match is not None and matches(request.if_none_match, page.etag):
        return HotAnswer(b"", 304, page.answer.headers)
    return page.answer
