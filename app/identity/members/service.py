"""Who works for a brand, and tokens to work with."""

from collections.abc import Collection

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.errors import AlreadyMember, LastOwner, TooManyMembers
from app.identity.events import ShopperRegistered
from app.identity.interfaces import BrandDirectory, RevokedScope, Role, requires
from app.identity.members import repository
from app.identity.members.models import Member, Operator
from app.identity.members.schemas import MemberView, Workplace, Workplaces, WorkToken
from app.identity.rules import mask_phone
from app.identity.schemas import phone_of
from app.identity.sessions.interfaces import Revoker, TokenIssuer
from app.identity.shoppers.interfaces import Shoppers
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden, NotFound
from app.kernel.house import Doors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Timestamp

log: structlog.stdlib.BoundLogger = structlog.get_logger("members")

MEMBERS_MAX = 200
_READERS = frozenset({Role.OWNER, Role.OPERATIONS, Role.MANAGER})
_WRITERS = frozenset({Role.OWNER})


class MemberService:
    """Members of brands, and operators."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        doors: Doors,
        shoppers: Shoppers,
        revoker: Revoker,
        issuer: TokenIssuer,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._doors = doors
        self._shoppers = shoppers
        self._revoker = revoker
        self._issuer = issuer

    # What the brand does with its members.

    async def page(self, session: AsyncSession, actor: Actor, brand_id: int) -> list[MemberView]:
        """All members. Raises NotFound, Forbidden."""
        await self.check(session, actor, brand_id, _READERS)
        rows = await repository.of_brand(session, brand_id)
        names = await self._names(session, rows)
        return [_view(row, names) for row in rows]

    async def invite(
        self, tx: Transaction, actor: Actor, brand_id: int, phone: str, role: Role
    ) -> MemberView:
        """A new member. Raises NotFound, Forbidden, AlreadyMember, TooManyMembers."""
        await repository.lock_brand(tx.session, brand_id)
        await self.check(tx.session, actor, brand_id, _WRITERS)
        if await repository.by_phone(tx.session, brand_id, phone) is not None:
            raise AlreadyMember
        return _view(await self._add(tx, brand_id, phone, role), {})

    async def change(
        self, tx: Transaction, actor: Actor, brand_id: int, member_id: int, role: Role
    ) -> MemberView:
        """Another role; tokens with the old one end. Raises NotFound, Forbidden, LastOwner."""
        row = await self._writable(tx, actor, brand_id, member_id)
        await self._set_role(tx, row, role)
        return _view(row, await self._names(tx.session, [row]))

    async def remove(self, tx: Transaction, actor: Actor, brand_id: int, member_id: int) -> None:
        """No member any longer, within two seconds everywhere. Raises as `change` does."""
        row = await self._writable(tx, actor, brand_id, member_id)
        await self._keep_an_owner(tx.session, row)
        self._revoke(tx, row)
        await repository.remove(tx.session, row.id)

    async def check(
        self, session: AsyncSession, actor: Actor, brand_id: int, roles: Collection[Role]
    ) -> None:
        """`requires`, and for members once more in SQL: who hands out rights has them now. An
        operator needs a brand that exists. Raises NotFound, Forbidden."""
        requires(actor, brand_id, roles=roles)
        if actor.kind is ActorKind.MEMBER:
            role = await self.role_of(session, actor.id, brand_id)
            if role is None:
                raise NotFound
            if role not in roles:
                raise Forbidden
        elif brand_id not in await self._brand_names(session, [brand_id]):
            raise NotFound

    # What a shopper does with workplaces.

    async def workplaces(self, session: AsyncSession, shopper_id: int) -> Workplaces:
        """Where a shopper may work."""
        rows = await repository.of_shopper(session, shopper_id)
        names = await self._brand_names(session, [row.brand_id for row in rows])
        return Workplaces(
            items=[
                Workplace(
                    brand_id=Id(row.brand_id),
                    brand_name=names.get(row.brand_id),
                    role=Role(row.role),
                )
                for row in rows
            ],
            operator=await repository.operator(session, shopper_id) is not None,
        )

    async def go_to_work(self, tx: Transaction, actor: Actor, brand_id: int) -> WorkToken:
        """A token with the role the shopper has there. Raises NotFound, SessionRevoked."""
        await repository.lock_brand(tx.session, brand_id)
        row = await repository.by_shopper(tx.session, brand_id, actor.id)
        if row is None:
            raise NotFound
        row.joined_at = row.joined_at or self._clock.now()
        worker = Actor(
            kind=ActorKind.MEMBER,
            id=actor.id,
            session_id=actor.session_id,
            brand_id=brand_id,
            role=row.role,
        )
        token, ends = await self._issuer.issue_alive(tx.session, worker, row.grant_id)
        return WorkToken(
            access_token=token,
            access_expires_at=Timestamp.of(ends),
            brand_id=Id(brand_id),
            role=Role(row.role),
        )

    async def go_operate(self, tx: Transaction, actor: Actor) -> WorkToken:
        """A token to run the house with. Raises NotFound, SessionRevoked."""
        row = await repository.operator(tx.session, actor.id)
        if row is None:
            raise NotFound
        worker = Actor(kind=ActorKind.OPERATOR, id=actor.id, session_id=actor.session_id)
        token, ends = await self._issuer.issue_alive(tx.session, worker, row.grant_id)
        return WorkToken(
            access_token=token,
            access_expires_at=Timestamp.of(ends),
            brand_id=None,
            role="operator",
        )

    async def shopper_registered(self, tx: Transaction, fact: ShopperRegistered) -> None:
        """Invitations to the phone are the newcomer's."""
        phone = await self._shoppers.phone(tx.session, fact.shopper_id)
        if phone is not None:
            await repository.lock_phone(tx.session, phone)
            await repository.link(tx.session, phone, fact.shopper_id)

    # The door `Memberships`.

    async def role_of(self, session: AsyncSession, shopper_id: int, brand_id: int) -> Role | None:
        """The role a shopper has in a brand."""
        row = await repository.by_shopper(session, brand_id, shopper_id)
        return Role(row.role) if row else None

    async def roles_of(self, session: AsyncSession, shopper_id: int) -> dict[int, Role]:
        """Every brand a shopper works for."""
        rows = await repository.of_shopper(session, shopper_id)
        return {row.brand_id: Role(row.role) for row in rows}

    async def members_of(
        self, session: AsyncSession, brand_id: int, roles: Collection[Role]
    ) -> list[int]:
        """The shoppers who have one of these roles in the brand."""
        return await repository.shoppers_with(session, brand_id, roles)

    async def appoint(self, tx: Transaction, brand_id: int, phone: str, role: Role) -> None:
        """Make the owner of a phone a member, or change the role."""
        number = phone_of(phone)
        await repository.lock_brand(tx.session, brand_id)
        row = await repository.by_phone(tx.session, brand_id, number)
        if row is None:
            await self._add(tx, brand_id, number, role)
        else:
            await self._set_role(tx, row, role)

    async def make_operator(self, tx: Transaction, phone: str) -> None:
        """Make the owner of a phone an operator; twice is once."""
        number = phone_of(phone)
        await repository.lock_phone(tx.session, number)
        if await tx.session.get(Operator, number) is None:
            tx.session.add(
                Operator(
                    phone=number,
                    shopper_id=await self._shoppers.id_of(tx.session, number),
                    grant_id=self._ids.new(),
                    made_at=self._clock.now(),
                )
            )
            log.info("operator_made", who=mask_phone(number))

    async def remove_operator(self, tx: Transaction, phone: str) -> None:
        """No operator any longer."""
        number = phone_of(phone)
        await repository.lock_phone(tx.session, number)
        row = await tx.session.get(Operator, number)
        if row is None:
            raise NotFound
        self._revoker.revoke(tx, RevokedScope.GRANT, row.grant_id, actor_id=row.shopper_id)
        await tx.session.delete(row)
        log.info("operator_removed", who=mask_phone(number))

    async def _writable(
        self, tx: Transaction, actor: Actor, brand_id: int, member_id: int
    ) -> Member:
        await repository.lock_brand(tx.session, brand_id)
        await self.check(tx.session, actor, brand_id, _WRITERS)
        row = await repository.by_id(tx.session, brand_id, member_id)
        if row is None:
            raise NotFound
        return row

    async def _add(self, tx: Transaction, brand_id: int, phone: str, role: Role) -> Member:
        if await repository.count(tx.session, brand_id) >= MEMBERS_MAX:
            raise TooManyMembers
        await repository.lock_phone(tx.session, phone)
        row = Member(
            id=self._ids.new(),
            brand_id=brand_id,
            phone=phone,
            shopper_id=await self._shoppers.id_of(tx.session, phone),
            role=role,
            grant_id=self._ids.new(),
            invited_at=self._clock.now(),
        )
        tx.session.add(row)
        await tx.session.flush()
        return row

    async def _set_role(self, tx: Transaction, row: Member, role: Role) -> None:
        if row.role == role:
            return
        await self._keep_an_owner(tx.session, row)
        self._revoke(tx, row)
        row.role, row.grant_id = role, self._ids.new()

    async def _keep_an_owner(self, session: AsyncSession, row: Member) -> None:
        if row.role != Role.OWNER:
            return
        if await repository.count(session, row.brand_id, Role.OWNER) <= 1:
            raise LastOwner

    def _revoke(self, tx: Transaction, row: Member) -> None:
        self._revoker.revoke(
            tx,
            RevokedScope.GRANT,
            row.grant_id,
            actor_id=row.shopper_id,
            brand_id=row.brand_id,
        )

    async def _names(self, session: AsyncSession, rows: Collection[Member]) -> dict[int, str]:
        return await self._shoppers.names(
            session, [row.shopper_id for row in rows if row.shopper_id]
        )

    async def _brand_names(self, session: AsyncSession, ids: Collection[int]) -> dict[int, str]:
        directory = self._doors.find(BrandDirectory)
        return dict(await directory.names(session, ids)) if directory and ids else {}


def _view(row: Member, names: dict[int, str]) -> MemberView:
    joined = row.joined_at is not None and row.shopper_id is not None
    return MemberView(
        id=Id(row.id),
        phone_masked=mask_phone(row.phone),
        role=Role(row.role),
        name=names.get(row.shopper_id) if joined and row.shopper_id else None,
        invited_at=Timestamp.of(row.invited_at),
        joined_at=Timestamp.of(row.joined_at) if row.joined_at else None,
    )
