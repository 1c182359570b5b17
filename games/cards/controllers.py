"""HTTP of cards."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from app.kernel.database import Transaction
from app.kernel.http.responses import matches, weak_etag
from app.kernel.structs import PathId
from games.cards.drawing.poster import Language
from games.cards.service import CardService

Code = Annotated[
    str | None,
    QueryParameter(
        name="code",
        min_length=8,
        max_length=160,
        pattern=r"^[A-Za-z0-9_=-]+$",
        description="Of a friend's link; default: the packet's own page",
    ),
]
CardLanguage = Annotated[Language, QueryParameter(name="language", description="Of its words")]
_PNG = ResponseSpec(bytes, media_type="image/png", description="The card", generate_examples=False)


class CardController(Controller):
    """Pictures to pass on."""

    path = "/v1/packets/{packet_id:int}/card"
    tags = ("packets",)

    @get(
        "/",
        operation_id="getPacketCard",
        summary="A picture of a packet to pass on",
        media_type="image/png",
        responses={200: _PNG},
    )
    async def card(
        self,
        request: Request[Any, Any, Any],
        tx: NamedDependency[Transaction],
        cards: NamedDependency[CardService],
        packet_id: PathId,
        code: Code = None,
        language: CardLanguage = Language.CHINESE,
    ) -> Response[bytes]:
        """A PNG of 780 × 1182 pixels with a code to scan. The same packet gives the same card."""
        body = await cards.card(tx.session, packet_id, code, language)
        etag = weak_etag(body)
        headers = {"etag": etag, "cache-control": "public, max-age=300"}
        if matches(request.headers.get("if-none-match"), etag):
            return Response(b"", status_code=304, headers=headers, media_type="image/png")
        return Response(body, headers=headers, media_type="image/png")
