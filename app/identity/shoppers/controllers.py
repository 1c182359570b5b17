"""HTTP of one's own profile."""

from litestar import Controller, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import requires_shopper
from app.identity.shoppers.interfaces import Me
from app.identity.shoppers.schemas import MeChange
from app.identity.shoppers.service import ShopperService
from app.kernel.actors import Actor
from app.kernel.database import Transaction


class MeController(Controller):
    """The person behind the token."""

    path = "/v1/me"
    tags = ("profile",)

    @get("/", operation_id="getMe", summary="My profile")
    async def read(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        shoppers: NamedDependency[ShopperService],
    ) -> Me:
        """Name, face, language; the phone only masked."""
        return await shoppers.me(tx.session, requires_shopper(actor))

    @patch("/", operation_id="changeMe", summary="Change my profile")
    async def change(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        shoppers: NamedDependency[ShopperService],
        data: JSONBody[MeChange],
    ) -> Me:
        """Fields that are left out stay as they are. Posts and comments show the new name and face
        at once."""
        requires_shopper(actor)
        return await shoppers.change(tx, actor, data)
