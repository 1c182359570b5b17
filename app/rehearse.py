"""What a rehearsal needs before it can begin: as many sign-ins as the load has shoppers, without
one-time codes; a brand with money; a film that can be watched.

Whoever may run this can read the database anyway; so the bounds on sign-in stay as they are for
everyone else. The shoppers have phones of a range that no carrier assigns, and their packets hold
money of a currency that ISO 4217 keeps for tests: it never meets anybody's real money.
"""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import msgspec
from sqlalchemy import func, select

from app.composition import Composed
from app.identity.interfaces import Actor, ActorKind, Memberships, Role, ShopperRegistry, SignIns
from app.kernel.currencies import TESTS
from app.kernel.database import Transaction
from app.kernel.house import House
from app.kernel.money import Sum
from app.kernel.structs import Currency, Id, View
from campaigns.brands.schemas import BrandCreate
from campaigns.ledger.topups.schemas import TopUpCreate
from media.inspection.sandbox import FFMPEG, run
from media.timelines.interfaces import CueDraft, CueKind, Timelines
from media.videos.interfaces import Videos, VideoState, Visibility
from media.videos.service import VideoService
from media.videos.showing.publishing import Publishing

_BATCH = 100
_PHONE = 8619900000000
_DEVICE = "rehearsal"
_CURRENCY = Currency(TESTS)
_BUDGET_MINOR = 10_000_000
_FILM = "Rehearsal"
_FILM_SECONDS = 8
_ENDED = (VideoState.REFUSED, VideoState.FAILED)
_LOOK_SECONDS = 0.5
_LOOKS_MAX = 360


class MadeSignIn(View):
    """A line of the file that a rehearsal reads."""

    shopper_id: Id
    phone: str
    access_token: str
    refresh_token: str
    brand_id: Id | None = None
    """The brand that this shopper owns, which has money for packets."""
    video_id: Id | None = None
    """A film of that brand, published."""


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


async def give_film(composed: Composed, made: MadeSignIn) -> MadeSignIn:
    """Have a film of the rehearsals' brand encoded and shown, with a link to tap in its middle; it
    is made at the first run, and once: a later run goes on with what an earlier one left. Raises
    RuntimeError when the film cannot be made."""
    assert made.brand_id is not None
    brand_id = int(made.brand_id)
    owner = Actor(
        kind=ActorKind.MEMBER, id=int(made.shopper_id), brand_id=brand_id, role=Role.OWNER.value
    )
    videos = cast("VideoService", composed.service("videos"))
    async with composed.house.database.transaction() as tx:
        await _alone(tx, brand_id)
        there = await videos.of_brand(tx.session, owner, brand_id, None, 50)
        good = [each for each in there.items if each.title == _FILM and each.state not in _ENDED]
        view = good[0] if good else None
        if view is None:
            film = await _drawn()
            view = await videos.create_of_file(
                tx, owner, _FILM, "rehearsal.mp4", len(film), _whole(film)
            )
    if view.visibility is not Visibility.PUBLISHED:
        await _until_ready(composed, int(view.id))
        await _show(composed, owner, int(view.id))
    return msgspec.structs.replace(made, video_id=view.id)


async def _alone(tx: Transaction, brand_id: int) -> None:
    """Of rehearsals that run at once, one does this at a time."""
    await tx.session.execute(select(func.pg_advisory_xact_lock(func.hashint8(brand_id), 47)))


async def _drawn() -> bytes:
    """A small upright film with a tone, as a phone might have taken it."""
    picture = f"testsrc2=size=180x320:rate=25:duration={_FILM_SECONDS}"
    tone = f"sine=frequency=440:duration={_FILM_SECONDS}"
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone]
        arguments += ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "film.mp4"]
        done = await run(
            FFMPEG,
            arguments,
            wall_seconds=120,
            cpu_seconds=60,
            memory_bytes=1 << 30,
            output_bytes=1 << 16,
            file_bytes=1 << 24,
            folder=Path(folder),
        )
        if not done.good:
            raise RuntimeError(done.stderr.decode(errors="replace"))
        return (Path(folder) / "film.mp4").read_bytes()


async def _whole(film: bytes) -> AsyncIterator[bytes]:
    yield film


async def _until_ready(composed: Composed, video_id: int) -> None:
    for _ in range(_LOOKS_MAX):
        async with composed.house.database.reading() as session:
            record = await composed.house.doors.get(Videos).get(session, video_id)
        if record is not None and record.state is VideoState.READY:
            return
        if record is None or record.state in _ENDED:
            break
        await asyncio.sleep(_LOOK_SECONDS)
    raise RuntimeError("the film of the rehearsal is not ready: does a transcoder run?")


async def _show(composed: Composed, owner: Actor, video_id: int) -> None:
    half_ms = _FILM_SECONDS * 500
    cue = CueDraft(at=half_ms, until=half_ms + 2_000, kind=CueKind.LINK, ref="/", text=_FILM)
    timelines = composed.house.doors.get(Timelines)
    screenings = cast("Publishing", composed.service("screenings"))
    videos = composed.house.doors.get(Videos)
    async with composed.house.database.transaction() as tx:
        await _alone(tx, owner.brand_id or 0)
        record = await videos.get(tx.session, video_id)
        if record is not None and record.visibility is Visibility.PUBLISHED:
            return
        await timelines.draft(tx, video_id, [cue])
        await timelines.publish(tx, owner, video_id)
        await screenings.publish(tx, owner, video_id)
