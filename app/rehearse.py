"""Sign-ins for a rehearsal: as many shoppers as the load needs, without one-time codes.

Whoever may run this can read the database anyway; so the bounds on sign-in stay as they are for
everyone else. The shoppers have phones of a range that no carrier assigns.
"""

from collections.abc import AsyncIterator

from app.identity.interfaces import ShopperRegistry, SignIns
from app.kernel.house import House
from app.kernel.structs import Id, View

_BATCH = 100
_PHONE = 8619900000000
_DEVICE = "rehearsal"


class MadeSignIn(View):
    """A line of the file that a rehearsal reads."""

    shopper_id: Id
    phone: str
    access_token: str
    refresh_token: str


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
