"""HTTP of API keys."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.keys.schemas import KeyCreate, KeyRotate, KeyView, NewKeyView
from app.identity.keys.service import KeyService
from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.http import idempotency
from app.kernel.http.states import state_of
from app.kernel.structs import Page, PathId, encode_json

_Request = Request[Any, Any, Any]


class KeyController(Controller):
    """Keys with which a brand's programs call this API."""

    path = "/v1/brands/{brand_id:int}/keys"
    tags = ("keys",)

    @get("/", operation_id="listKeys", summary="Keys of a brand")
    async def page(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        brand_keys: NamedDependency[KeyService],
        brand_id: PathId,
    ) -> Page[KeyView]:
        """For owners and operations: the keys that open, without their secrets. At most 20, so
        there is one page."""
        return Page(items=await brand_keys.page(tx.session, actor, brand_id))

    @post("/", operation_id="makeKey", summary="Make a key")
    async def make(
        self,
        request: _Request,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        brand_keys: NamedDependency[KeyService],
        brand_id: PathId,
        data: JSONBody[KeyCreate],
    ) -> NewKeyView:
        """For owners and operations. The secret is in this answer and never shown again."""
        return _once(request, await brand_keys.make(tx, actor, brand_id, data))

    @post("/{key_id:int}/rotate", operation_id="rotateKey", summary="Replace a key")
    async def rotate(
        self,
        request: _Request,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        brand_keys: NamedDependency[KeyService],
        brand_id: PathId,
        key_id: PathId,
        data: JSONBody[KeyRotate],
    ) -> NewKeyView:
        """A new key with the same scopes. The old one opens for `overlapHours` more, so that
        programs can change over; 0 closes it at once."""
        overlap = timedelta(hours=data.overlap_hours)
        return _once(request, await brand_keys.rotate(tx, actor, brand_id, key_id, overlap))

    @delete("/{key_id:int}", operation_id="revokeKey", summary="Revoke a key")
    async def revoke(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        brand_keys: NamedDependency[KeyService],
        brand_id: PathId,
        key_id: PathId,
    ) -> None:
        """For owners and operations. Closed everywhere within two seconds."""
        await brand_keys.revoke(tx, actor, brand_id, key_id)


def _once(request: _Request, view: NewKeyView) -> NewKeyView:
    """Keep the secret out of the answers stored for an Idempotency-Key: a repetition makes no
    second key, and does not show the first one again."""
    state = state_of(request)
    idempotency.remember(state, 201, encode_json(msgspec.structs.replace(view, key=None)))
    state.pop("idempotency", None)
    return view
