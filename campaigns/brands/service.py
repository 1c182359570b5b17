"""The use cases of brands."""

from collections.abc import Iterable, Mapping

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind, BrandDirectory, Role, Scope, requires
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import AppError, Forbidden, Invalid
from app.kernel.events import Events
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Page, Timestamp
from app.kernel.text import folded, is_visible, one_line
from campaigns.brands.errors import BrandNameTaken, BrandNotFound
from campaigns.brands.events import BrandCreated, BrandRenamed
from campaigns.brands.interfaces import Brands
from campaigns.brands.models import Brand
from campaigns.brands.repository import BrandRepository
from campaigns.brands.schemas import BrandCreate, BrandUpdate, BrandView

_LIST = "brands"
_MANAGING = (Role.OWNER, Role.OPERATIONS)


class BrandService(Brands, BrandDirectory):
    """Makes, renames and shows brands; says who acts for them."""

    def __init__(
        self, repository: BrandRepository, ids: Ids, clock: Clock, events: Events, cursors: Cursors
    ) -> None:
        self._repository = repository
        self._ids = ids
        self._clock = clock
        self._events = events
        self._cursors = cursors

    async def create(self, tx: Transaction, actor: Actor, body: BrandCreate) -> BrandView:
        """A brand, with a live content account and its twin for test keys. Operators only."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only an operator makes brands")
        brand = Brand(
            id=self._ids.new(),
            test_account_id=self._ids.new(),
            created_at=self._clock.now(),
            **await self._name(tx.session, body.name, None),
        )
        await self._save(tx.session, brand)
        await self._events.publish(tx, BrandCreated(brand.id, brand.test_account_id, brand.name))
        return _view(brand, manages=True)

    async def rename(
        self, tx: Transaction, actor: Actor, brand_id: int, body: BrandUpdate
    ) -> BrandView:
        """Another name, for the brand and both of its accounts."""
        requires(actor, brand_id, roles=_MANAGING)
        brand = await self._repository.get(tx.session, brand_id, lock=True)
        if brand is None:
            raise BrandNotFound
        name = await self._name(tx.session, body.name, brand_id)
        if name["name"] != brand.name:
            brand.name, brand.name_folded = name["name"], name["name_folded"]
            await self._save(tx.session, brand)
            await self._events.publish(tx, BrandRenamed(brand.id, brand.name))
        return _view(brand, manages=True)

    async def get(self, session: AsyncSession, viewer: Actor | None, brand_id: int) -> BrandView:
        """One brand."""
        brand = await self._repository.get(session, brand_id)
        if brand is None:
            raise BrandNotFound
        return _view(brand, manages=_manages(viewer, brand_id))

    async def page(
        self, session: AsyncSession, viewer: Actor | None, cursor: str | None, limit: int
    ) -> Page[BrandView]:
        """All brands, the newest first."""
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        brands = await self._repository.page(session, before, limit + 1)
        more = len(brands) > limit
        return Page(
            items=[_view(each, manages=_manages(viewer, each.id)) for each in brands[:limit]],
            next_cursor=self._cursors.make(_LIST, brands[limit - 1].id) if more else None,
        )

    async def exists(self, session: AsyncSession, brand_id: int) -> bool:
        return await self._repository.get(session, brand_id) is not None

    async def check_manager(
        self, session: AsyncSession, actor: Actor, brand_id: int, scope: Scope | None
    ) -> None:
        requires(actor, brand_id, roles=_MANAGING, scope=scope)
        if not await self.exists(session, brand_id):
            raise BrandNotFound

    async def names(self, session: AsyncSession, ids: Iterable[int]) -> Mapping[int, str]:
        return await self._repository.names(session, ids)

    async def _name(self, session: AsyncSession, name: str, brand_id: int | None) -> dict[str, str]:
        """The columns of a name. Raises Invalid or BrandNameTaken."""
        line = one_line(name)
        if not is_visible(line):
            raise Invalid.field("/name", "A name needs at least one visible character")
        taken = await self._repository.named(session, folded(line))
        if taken is not None and taken.id != brand_id:
            raise BrandNameTaken
        return {"name": line, "name_folded": folded(line)}

    async def _save(self, session: AsyncSession, brand: Brand) -> None:
        session.add(brand)
        try:
            await session.flush()
        except IntegrityError:
            # another request took the name between our look and our write
            raise BrandNameTaken from None


def _manages(viewer: Actor | None, brand_id: int) -> bool:
    """Whether the caller may see what concerns the brand's managers only."""
    if viewer is None:
        return False
    try:
        requires(viewer, brand_id, roles=_MANAGING, scope=Scope.POSTS_READ)
    except AppError:
        return False
    return True


def _view(brand: Brand, *, manages: bool) -> BrandView:
    return BrandView(
        id=Id(brand.id),
        name=brand.name,
        account_id=Id(brand.id),
        test_account_id=Id(brand.test_account_id) if manages else None,
        created_at=Timestamp.of(brand.created_at),
    )
