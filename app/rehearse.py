"""Sign-ins for a rehearsal: as many shoppers as the load needs, without one-time codes.

Whoever may run this can read the database anyway; so the bounds on sign-in stay as they are for
everyone else. The shoppers have phones of a range that no carrier assigns, and their packets hold
money of a currency that ISO 4217 keeps for tests: it never meets anybody's real money.
"""

import secrets
from collections.abc import AsyncIterator

import msgspec

from app.composition import Composed
from app.identity.interfaces import Actor, ActorKind, Memberships, Role, ShopperRegistry, SignIns
from app.kernel.house import House
from app.kernel.structs import Id, View
from campaigns.brands.schemas import BrandCreate
from campaigns.ledger.topups.schemas import Sum, TopUpCreate

_BATCH = 100
_PHONE = 8619900000000
_DEVICE = "rehearsal"
_CURRENCY = "XTS"
_BUDGET_MINOR = 10_000_000


class MadeSignIn(View):
    """A line of the file that a rehearsal reads."""

    shopper_id: Id
    phone: str
    access_token: str
    refresh_token: str
    brand_id: Id | None = None
    """The brand that this shopper owns, which has money for packets."""


async def crowd_sign_ins(house: House, count: int) -> AsyncIterator[MadeSignIn]:
    """Sign `count` shoppers in; made at the first run, signed in once more at each later one."""
    registry, sign_ins = house.doors.get(ShopperRegistry), house.doors.get(SignIns)
    for first in range(0, count, _BATCH):
        made: list[MadeSignIn] = []
        async with house.database.transaction() as tx:
            for number in range(first, min(first + _BATCH, count)):
                phone = f"+{_PHONE + number}"
                shopper_id = await registry.register(tx, phone, name=f"Rehearsal {number}")
                tokens = await sign_ins.begin(tx, shopper_id, _DEVICE, _DEVICE)
                made.append(
                    MadeSignIn(
                        shopper_id=Id(shopper_id),
                        phone=phone,
                        access_token=tokens.access_token,
                        refresh_token=tokens.refresh_token,
                    )
                )
        for each in made:  # committed: they are good now
            yield each


async def give_brand(composed: Composed, made: MadeSignIn) -> MadeSignIn:
    """Make a shopper the owner of the rehearsals' brand, and top its budget up; the brand is made
    at the first run."""
    memberships = composed.house.doors.get(Memberships)
    owner_id = int(made.shopper_id)
    operator = Actor(kind=ActorKind.OPERATOR, id=owner_id)
    async with composed.house.database.transaction() as tx:
        roles = await memberships.roles_of(tx.session, owner_id)
        owned = [brand_id for brand_id, role in roles.items() if role is Role.OWNER]
        if owned:
            brand_id = min(owned)
        else:
            body = BrandCreate(name=f"Rehearsal {secrets.token_hex(2)}")
            brand_id = int((await composed.service("brands").create(tx, operator, body)).id)
            await memberships.appoint(tx, brand_id, made.phone, Role.OWNER)
        paid = TopUpCreate(
            amount=Sum(amount_minor=_BUDGET_MINOR, currency=_CURRENCY),
            reference=f"rehearsal {secrets.token_hex(8)}",
        )
        await composed.service("topups").book(tx, operator, brand_id, paid, dry_run=False)
    return msgspec.structs.replace(made, brand_id=Id(brand_id))
