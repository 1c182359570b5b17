"""Loads the demo festival: twelve accounts, two hundred posts over two weeks, two thousand people.

Deterministic: the same script, pictures and graph every time; only ids and times follow the clock.
Idempotent: each step notes itself in the transaction that did it, so what is there stays as it is,
also after a `kill -9` in the middle.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any, NamedTuple, cast

from sqlalchemy import text

from app.composition import Composed
from app.demo import crowd, films, fortune
from app.demo.models import DemoStep
from app.demo.pictures.gallery import LOOKS, draw, draw_avatar, draw_cover
from app.demo.script import PLAYERS, Player
from app.demo.steps import OPERATOR
from app.identity.interfaces import Actor, ActorKind, Memberships, Role, ShopperRegistry
from app.kernel.database import Transaction
from app.kernel.money import Price
from app.kernel.structs import Currency, Id
from campaigns.brands.schemas import BrandCreate
from campaigns.brands.service import BrandService
from campaigns.products.schemas import ProductRow
from campaigns.products.service import ProductService
from feeds.accounts.interfaces import AccountKind
from feeds.accounts.schemas import AccountCreate, AccountUpdate
from feeds.accounts.service import AccountService
from feeds.posts.interfaces import PostKind
from feeds.posts.schemas import PostCreate
from feeds.posts.service import PostService
from media.images.interfaces import Images, PictureOwner

POSTS = 200
DAYS = 14
PICTURES_PER_ACCOUNT = 10
_OWNERS_FROM = 10
_YUAN = Currency("CNY")
_SIZES = ((1080, 1080), (1080, 1350), (1350, 1080), (1080, 1080))


async def premiere(composed: Composed) -> None:
    """Load what is not there yet, and show the films once they are made."""
    loader = Loader(composed)
    await films.premiere(composed, loader.step, await load(composed))


async def load(composed: Composed) -> dict[str, fortune.Host]:
    """Everything that is not there yet; films are ordered, and made behind. Returns the brands."""
    loader = Loader(composed)
    people = await loader.people(range(_OWNERS_FROM + len(PLAYERS)))
    async with asyncio.TaskGroup() as group:
        # posts need only the owners: there is something to read before everybody has come
        coming = group.create_task(loader.people(range(len(people), crowd.SHOPPERS)))
        with ProcessPoolExecutor(2) as studio:
            jobs = [loader.account(studio, player, people) for player in PLAYERS]
            accounts = dict(zip((p.key for p in PLAYERS), await _some_at_once(jobs), strict=True))
    people += coming.result()
    hosts = loader.hosts(accounts, people)
    await fortune.give(composed, loader.step, hosts)
    await films.order(composed, loader.step, hosts, {key: a[2] for key, a in accounts.items()})
    filmed = {reel.player for reel in films.REELS}
    await loader.step("follows", lambda tx: crowd.follow(tx, people, accounts, filmed))
    await crowd.react(composed, people, accounts)
    return hosts


class Loader:
    """The steps, with the services that the web process uses as well."""

    def __init__(self, composed: Composed) -> None:
        self._house = composed.house
        self._images = composed.house.doors.get(Images)
        self._memberships = composed.house.doors.get(Memberships)
        self._brands = cast("BrandService", composed.service("brands"))
        self._products = cast("ProductService", composed.service("products"))
        self._accounts = cast("AccountService", composed.service("accounts"))
        self._publishing = cast("PostService", composed.service("publishing"))

    async def step(
        self, name: str, act: Callable[[Transaction], Awaitable[int | None]]
    ) -> int | None:
        """Do a part of the demo exactly once. Returns the id of what it made."""
        async with self._once(name) as (tx, done):
            if done is not None:
                return done.made_id
            made_id = await act(tx)
            tx.session.add(DemoStep(name=name, made_id=made_id))
            return made_id

    @asynccontextmanager
    async def _once(self, name: str) -> AsyncGenerator[tuple[Transaction, DemoStep | None]]:
        async with self._house.database.transaction() as tx:
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 11))")
            await tx.session.execute(lock, {"name": name})
            yield tx, await tx.session.get(DemoStep, name)

    async def people(self, numbers: range) -> list[int]:
        """Shoppers, by their phones; the first is who the newcomer signs in as."""
        registry = self._house.doors.get(ShopperRegistry)
        return await crowd.people(self._house.database, registry, numbers)

    def hosts(
        self, accounts: dict[str, tuple[int, list[int], list[int]]], people: list[int]
    ) -> dict[str, fortune.Host]:
        """The brands, who give packets."""
        brands = [player for player in PLAYERS if player.kind is AccountKind.BRAND]
        return {
            player.key: fortune.Host(
                accounts[player.key][0], _owner(player, people), accounts[player.key][1]
            )
            for player in brands
        }

    async def account(
        self, studio: ProcessPoolExecutor, player: Player, people: list[int]
    ) -> tuple[int, list[int], list[int]]:
        """An account with its face, pictures and products: (id, picture ids, product ids). It
        publishes as soon as it has them, so that there is something to read within seconds."""
        owner = _owner(player, people)

        async def open_account(tx: Transaction) -> int:
            if player.kind is AccountKind.BRAND:
                brand = await self._brands.create(tx, OPERATOR, BrandCreate(name=player.name))
                phone = crowd.phone_of(_OWNERS_FROM + PLAYERS.index(player))
                await self._memberships.appoint(tx, int(brand.id), phone, Role.OWNER)
                return int(brand.id)
            body = AccountCreate(
                kind=cast("Any", player.kind.value), owner_shopper_id=Id(owner), name=player.name
            )
            return await self._accounts.open(tx, OPERATOR, body)

        account_id = await self.step(f"account {player.key}", open_account)
        assert account_id is not None
        actor = _publisher(player, account_id, owner)
        await self.step(f"face {player.key}", lambda tx: self._face(tx, studio, player, actor))
        pictures = await self._pictures(studio, player, actor)
        products = await self._catalogue(studio, player, actor)
        await self._publish(player, actor, account_id, pictures, products)
        return account_id, pictures, products

    async def _face(
        self, tx: Transaction, studio: ProcessPoolExecutor, player: Player, actor: Actor
    ) -> None:
        avatar = await self._hang(tx, await _drawn(studio, _avatar, player.key), actor)
        cover = await self._hang(tx, await _drawn(studio, _cover, player.key), actor)
        account_id = actor.brand_id or await self._account_of(player)
        body = AccountUpdate(
            bio=player.bio, avatar_image_id=Id(avatar), cover_image_id=Id(cover), verified=True
        )
        await self._accounts.update(tx, _as_operator(actor), account_id, body)

    async def _account_of(self, player: Player) -> int:
        async with self._house.database.reading() as session:
            step = await session.get(DemoStep, f"account {player.key}")
            assert step is not None
            assert step.made_id is not None
            return step.made_id

    async def _pictures(
        self, studio: ProcessPoolExecutor, player: Player, actor: Actor
    ) -> list[int]:
        scenes = LOOKS[player.key].scenes
        made: list[int] = []
        for number in range(PICTURES_PER_ACCOUNT):
            scene, size = scenes[number % len(scenes)], _SIZES[number % len(_SIZES)]
            made.append(await self._picture(studio, player, actor, scene, number, size))
        return made

    async def _picture(
        self,
        studio: ProcessPoolExecutor,
        player: Player,
        actor: Actor,
        scene: str,
        seed: int,
        size: tuple[int, int],
    ) -> int:
        palette = LOOKS[player.key].palette if seed % 3 == 0 else None

        async def hang(tx: Transaction) -> int:
            data = await _drawn(studio, _scene, scene, seed + 100, size, palette)
            return await self._hang(tx, data, actor)

        picture = await self.step(f"picture {player.key} {scene} {seed}", hang)
        assert picture is not None
        return picture

    async def _hang(self, tx: Transaction, data: bytes, actor: Actor) -> int:
        return int((await self._images.import_picture(tx, data, PictureOwner.of(actor))).id)

    async def _catalogue(
        self, studio: ProcessPoolExecutor, player: Player, actor: Actor
    ) -> list[int]:
        if actor.brand_id is None:
            return []
        rows: list[ProductRow] = []
        for number, product in enumerate(player.products):
            picture = await self._picture(
                studio, player, actor, product.scene, 50 + number, _SIZES[0]
            )
            rows.append(
                ProductRow(
                    external_id=f"DEMO-{player.key}-{number}".upper(),
                    title=product.title,
                    price=Price(amount_minor=product.price, currency=_YUAN),
                    original_price=(
                        Price(amount_minor=product.before, currency=_YUAN)
                        if product.before
                        else None
                    ),
                    image_id=Id(picture),
                )
            )
        brand_id = actor.brand_id

        async def fill(tx: Transaction) -> None:
            await self._products.import_rows(tx, actor, brand_id, rows)

        await self.step(f"products {player.key}", fill)
        async with self._house.database.reading() as session:
            page = await self._products.page(session, actor, brand_id, None, 50)
        return [int(item.id) for item in page.items]

    async def _publish(
        self,
        player: Player,
        actor: Actor,
        account_id: int,
        pictures: list[int],
        products: list[int],
    ) -> None:
        now = self._house.clock.now()
        for turn, planned in enumerate(each for each in _planned() if each.player is player):
            chance = random.Random(f"post {planned.number}")
            body = _post(player, turn, account_id, pictures, products, chance)
            at = now - timedelta(seconds=planned.ago_seconds)

            async def publish(tx: Transaction, body: PostCreate = body, at: Any = at) -> int:
                managed = await self._publishing.create(tx, actor, body, at=at)
                return int(managed.post.id)

            await self.step(f"post {planned.number}", publish)


class Planned(NamedTuple):
    """A post of the script: whose, and how long ago."""

    number: int
    player: Player
    ago_seconds: float


def _planned() -> list[Planned]:
    """Two weeks of posts, the oldest first; busy accounts say more."""
    chance = random.Random("posts")
    weights = [0.3 + player.popularity for player in PLAYERS]
    writers = chance.choices(PLAYERS, weights, k=POSTS)
    ages = sorted((chance.random() ** 1.5 * DAYS * 86_400 + 60 for _ in writers), reverse=True)
    return [Planned(*each) for each in zip(range(POSTS), writers, ages, strict=True)]


def _owner(player: Player, people: list[int]) -> int:
    """Whose account it is: twelve of the two thousand, who can sign in and publish."""
    return people[_OWNERS_FROM + PLAYERS.index(player)]


def _publisher(player: Player, account_id: int, owner: int) -> Actor:
    if player.kind is AccountKind.BRAND:
        return Actor(kind=ActorKind.MEMBER, id=owner, brand_id=account_id, role=Role.OWNER.value)
    return Actor(kind=ActorKind.SHOPPER, id=owner)


def _as_operator(actor: Actor) -> Actor:
    """The same person, who may also verify."""
    return Actor(kind=ActorKind.OPERATOR, id=actor.id, brand_id=actor.brand_id)


def _post(
    player: Player,
    turn: int,
    account_id: int,
    pictures: list[int],
    products: list[int],
    chance: random.Random,
) -> PostCreate:
    words = player.lines[turn % len(player.lines)]
    shown = chance.choice((1, 1, 2, 3, 3, 4, 6, 9))
    start = chance.randrange(len(pictures))
    chosen = [Id(pictures[(start + i) % len(pictures)]) for i in range(min(shown, len(pictures)))]
    sold: list[Id] = []
    kind = PostKind.PICTURES
    if products and turn % 2 == 0:
        sold = [Id(each) for each in chance.sample(products, chance.randint(1, len(products)))]
        kind = chance.choice((PostKind.PRODUCT_SHOW, PostKind.NEW_ARRIVALS))
    return PostCreate(
        kind=kind, account_id=Id(account_id), text=words, picture_ids=chosen, product_ids=sold
    )


async def _some_at_once(jobs: Sequence[Awaitable[Any]]) -> list[Any]:
    """Three: two draw while one writes. The results in order."""
    hands = asyncio.Semaphore(3)

    async def do(job: Awaitable[Any]) -> Any:
        async with hands:
            return await job

    return await asyncio.gather(*(do(job) for job in jobs))


async def _drawn(studio: ProcessPoolExecutor, draw_it: Callable[..., bytes], *what: Any) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(studio, draw_it, *what)


def _scene(scene: str, seed: int, size: tuple[int, int], palette: str | None) -> bytes:
    return _jpeg(draw(scene, seed, size, palette))


def _avatar(key: str) -> bytes:
    return _jpeg(draw_avatar(key))


def _cover(key: str) -> bytes:
    return _jpeg(draw_cover(key))


def _jpeg(image: Any) -> bytes:
    file = BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()
