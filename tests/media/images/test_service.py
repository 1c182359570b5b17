"""Pictures are stored once, owned by each, rendered in full, and told of."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Transaction
from app.kernel.house import House
from app.kernel.objects import ObjectMissing
from media.images.errors import NotAPicture, PictureDamaged, PictureNotFound
from media.images.events import ImageRendered
from media.images.interfaces import Images, ImageView, PictureOwner
from media.images.models import ImageContent
from media.images.repository import ImageRepository
from media.images.rules import LADDER
from media.images.service import ImageService
from tests.media.images.pictures import corners, decode, encode, noise

ANNA, BEN = PictureOwner(11), PictureOwner(12)


async def imported(house: House, images: Images, data: bytes, owner: PictureOwner) -> ImageView:
    """An upload in a transaction of its own."""
    async with house.database.transaction() as tx:
        return await images.import_picture(tx, data, owner)


async def jobs(house: House) -> list[tuple[str, str]]:
    """Name and lock of the jobs that wait."""
    async with house.database.reading() as session:
        rows = await session.execute(text("SELECT task_name, lock FROM procrastinate_jobs"))
        return [(row[0], row[1]) for row in rows]


def hash_of(view: ImageView) -> str:
    """The content hash in a view's address."""
    return view.base.rpartition("/")[2]


def service(images: Images) -> ImageService:
    """The implementation behind the door."""
    assert isinstance(images, ImageService)
    return images


class TestImport:
    async def test_a_view_can_be_shown_at_once(self, house: House, images: Images) -> None:
        view = await imported(house, images, encode(corners(2000, 1000)), ANNA)
        assert (view.width, view.height) == (2000, 1000)
        assert view.widths == list(LADDER)
        assert view.formats == ["jpeg"]
        assert view.color.startswith("#")
        assert view.placeholder.startswith("data:image/")
        for width in view.widths:
            path = f"images/{hash_of(view)[:2]}/{hash_of(view)}/{width}.jpeg"
            assert decode(await house.objects.get(path)).size == (width, width // 2)

    async def test_one_job_renders_the_rest(self, house: House, images: Images) -> None:
        view = await imported(house, images, encode(corners()), ANNA)
        assert await jobs(house) == [("media.images.render", hash_of(view))]

    async def test_the_same_bytes_of_one_owner_are_one_picture(
        self, house: House, images: Images
    ) -> None:
        data = encode(corners())
        first = await imported(house, images, data, ANNA)
        assert await imported(house, images, data, ANNA) == first
        assert len(await jobs(house)) == 1

    async def test_two_owners_share_the_bytes_and_not_the_picture(
        self, house: House, images: Images
    ) -> None:
        data = encode(corners())
        of_anna = await imported(house, images, data, ANNA)
        of_ben = await imported(house, images, data, BEN)
        of_test_key = await imported(house, images, data, PictureOwner(ANNA.id, live=False))
        assert len({of_anna.id, of_ben.id, of_test_key.id}) == 3
        assert of_anna.base == of_ben.base == of_test_key.base
        assert len(await jobs(house)) == 1

    async def test_many_at_once_of_the_same_bytes(self, house: House, images: Images) -> None:
        data = encode(noise())
        views = await asyncio.gather(*(imported(house, images, data, ANNA) for _ in range(6)))
        assert len({view.id for view in views}) == 1
        assert len(await jobs(house)) == 1

    async def test_a_rollback_takes_picture_and_job_with_it(
        self, house: House, images: Images
    ) -> None:
        data = encode(corners())
        with pytest.raises(ZeroDivisionError):
            async with house.database.transaction() as tx:
                view = await images.import_picture(tx, data, ANNA)
                raise ZeroDivisionError
        assert await jobs(house) == []
        async with house.database.reading() as session:
            assert await images.views(session, [view.id]) == {}
        again = await imported(house, images, data, ANNA)
        assert again.base == view.base
        assert len(await jobs(house)) == 1

    @pytest.mark.parametrize("data", [b"<svg/>", b"", encode(noise())[:-3000]])
    async def test_refusals_store_nothing(self, house: House, images: Images, data: bytes) -> None:
        with pytest.raises((NotAPicture, PictureDamaged)):
            await imported(house, images, data, ANNA)
        assert await jobs(house) == []
        async with house.database.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM images")) == 0


class TestRender:
    async def test_all_formats_are_stored_then_named_then_told(
        self, house: House, images: Images
    ) -> None:
        told: list[int] = []

        async def hear(_tx: Transaction, event: ImageRendered) -> None:
            told.append(event.image_id)

        house.events.subscribe(ImageRendered, hear)
        data = encode(corners(700, 500))
        of_anna = await imported(house, images, data, ANNA)
        of_ben = await imported(house, images, data, BEN)
        await service(images).render(hash_of(of_anna))
        assert sorted(told) == sorted([of_anna.id, of_ben.id])
        async with house.database.reading() as session:
            views = await images.views(session, [of_anna.id, of_ben.id])
        for view in views.values():
            assert view.formats == ["avif", "webp", "jpeg"]
            for width in view.widths:
                for name in view.formats:
                    path = f"images/{hash_of(view)[:2]}/{hash_of(view)}/{width}.{name}"
                    image = decode(await house.objects.get(path))
                    assert image.format == name.upper()
                    assert image.width == width

    async def test_who_uploads_meanwhile_is_told_or_sees_it(
        self, house: House, images: Images
    ) -> None:
        told: set[int] = set()

        async def hear(_tx: Transaction, event: ImageRendered) -> None:
            told.add(event.image_id)

        house.events.subscribe(ImageRendered, hear)
        data = encode(corners())
        first = await imported(house, images, data, ANNA)
        async with house.database.transaction() as tx:
            second = await images.import_picture(tx, data, BEN)
            rendering = asyncio.create_task(service(images).render(hash_of(first)))
            done, _ = await asyncio.wait([rendering], timeout=1)
            assert not done
        await rendering
        assert told == {first.id, second.id}
        third = await imported(house, images, data, PictureOwner(13))
        assert third.formats == ["avif", "webp", "jpeg"]

    async def test_a_second_run_does_nothing(self, house: House, images: Images) -> None:
        view = await imported(house, images, encode(corners()), ANNA)
        await service(images).render(hash_of(view))
        await house.objects.delete([f"images/{hash_of(view)[:2]}/{hash_of(view)}/master"])
        await service(images).render(hash_of(view))

    async def test_a_run_that_is_cut_short_can_be_repeated(
        self, house: House, images: Images
    ) -> None:
        view = await imported(house, images, encode(corners()), ANNA)
        path = f"images/{hash_of(view)[:2]}/{hash_of(view)}/master"
        master = await house.objects.get(path)
        await house.objects.delete([path])
        with pytest.raises(ObjectMissing):
            await service(images).render(hash_of(view))
        async with house.database.reading() as session:
            assert (await images.views(session, [view.id]))[view.id].formats == ["jpeg"]
        await house.objects.put(path, master)
        await service(images).render(hash_of(view))
        async with house.database.reading() as session:
            assert len((await images.views(session, [view.id]))[view.id].formats) == 3

    async def test_a_picture_that_is_gone_is_no_error(self, images: Images) -> None:
        await service(images).render("0" * 64)


class TestDoors:
    async def test_views_of_some(self, house: House, images: Images) -> None:
        view = await imported(house, images, encode(corners()), ANNA)
        async with house.database.reading() as session:
            assert await images.views(session, []) == {}
            assert await images.views(session, [view.id, view.id, 5]) == {view.id: view}

    async def test_owned(self, house: House, images: Images) -> None:
        of_anna = await imported(house, images, encode(corners()), ANNA)
        of_ben = await imported(house, images, encode(noise()), BEN)
        async with house.database.reading() as session:
            assert await images.owned(session, [], ANNA) == {}
            assert await images.owned(session, [of_anna.id], ANNA) == {of_anna.id: of_anna}
            for ids, owner in (
                ([of_anna.id, of_ben.id], ANNA),
                ([of_ben.id], ANNA),
                ([of_anna.id], PictureOwner(ANNA.id, live=False)),
                ([404], ANNA),
            ):
                with pytest.raises(PictureNotFound):
                    await images.owned(session, ids, owner)


class TestPrune:
    async def files(self, house: House, *views: ImageView) -> int:
        found = [await house.objects.list(f"images/{hash_of(v)[:2]}/{hash_of(v)}") for v in views]
        return sum(map(len, found))

    async def pruned(
        self, house: House, images: Images, owner: PictureOwner, *kept: ImageView
    ) -> None:
        async with house.database.transaction() as tx:
            await images.prune(tx, owner, [int(each.id) for each in kept])

    async def test_what_nobody_has_any_more_goes(self, house: House, images: Images) -> None:
        first = await imported(house, images, encode(corners(300, 200)), ANNA)
        second = await imported(house, images, encode(noise()), ANNA)
        of_ben = await imported(house, images, encode(noise()), BEN)
        await self.pruned(house, images, ANNA, second)
        assert (await jobs(house))[-1][0] == "media.images.clear"
        await service(images).clear(hash_of(first))
        assert await self.files(house, first) == 0
        async with house.database.reading() as session:
            assert (await images.views(session, [first.id, second.id])).keys() == {second.id}
        await self.pruned(house, images, ANNA)
        await service(images).clear(hash_of(second))
        assert await self.files(house, of_ben) > 1, "it is another's too"
        await service(images).render(hash_of(first))
        assert await self.files(house, first) == 0

    async def test_who_uploads_it_again_has_all_of_it(
        self, house: House, images: Images, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = encode(corners(300, 200))
        view = await imported(house, images, data, ANNA)
        count = await self.files(house, view)
        await self.pruned(house, images, ANNA)
        again = await imported(house, images, data, BEN)
        await service(images).clear(hash_of(view))
        assert await self.files(house, again) == count
        await self.pruned(house, images, BEN)
        add = ImageRepository.add_content

        async def cleared(
            self: ImageRepository, session: AsyncSession, content: ImageContent
        ) -> bool:
            """The broom comes when the files are stored and the row is not."""
            await service(images).clear(content.hash)
            return await add(self, session, content)

        with monkeypatch.context() as patched:
            patched.setattr(ImageRepository, "add_content", cleared)
            once_more = await imported(house, images, data, ANNA)
        assert await self.files(house, once_more) == count
