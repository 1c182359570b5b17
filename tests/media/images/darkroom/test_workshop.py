"""Children that crash, hang or grow cost one refusal, and the next picture is fine."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from PIL import Image

from media.images.darkroom.pipeline import develop
from media.images.darkroom.workshop import Workshop
from media.images.errors import NotAPicture, PictureDamaged, PicturesBusy, PictureTooLarge
from tests.media.images.pictures import corners, encode, noise


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    workshop = Workshop()
    yield workshop
    await workshop.close()


def children() -> list[psutil.Process]:
    """The workshop's processes of this test run."""
    return [child for child in psutil.Process().children() if _is_of_the_workshop(child)]


def _is_of_the_workshop(child: psutil.Process) -> bool:
    try:
        return "media.images.darkroom.workshop" in child.cmdline()
    except psutil.NoSuchProcess:  # gone, or dead and not yet waited for
        return False


async def test_it_does_what_the_pipeline_does(workshop: Workshop) -> None:
    data = encode(corners())
    made = await workshop.develop(data)
    assert made == develop(data)
    later = await workshop.render(made.master, (320, 200), made.widths, ["webp", "avif"])
    assert [one.format for one in later] == ["webp", "avif"] * 2


async def test_refusals_keep_their_kind_and_words(workshop: Workshop) -> None:
    with pytest.raises(NotAPicture, match="PDF"):
        await workshop.develop(b"%PDF")
    with pytest.raises(PictureDamaged):
        await workshop.develop(encode(noise())[:-2000])
    assert len(children()) == 1


async def test_a_48_megapixel_photo_of_every_type_fits_the_bounds_of_memory() -> None:
    workshop = Workshop(seconds_max=300)
    photo = Image.linear_gradient("L").resize((8064, 6048)).convert("RGB")
    for kind, options in {
        "JPEG": {"progressive": True},
        "PNG": {"compress_level": 1},
        "WEBP": {"method": 0},
        "AVIF": {"speed": 10},
    }.items():
        made = await workshop.develop(encode(photo, kind, **options))
        assert (made.width, made.height) == (8064, 6048)
    await workshop.close()


async def test_a_child_that_is_killed_costs_one_picture(workshop: Workshop) -> None:
    data = encode(noise(3000, 3000), quality=95)
    working = asyncio.create_task(workshop.develop(data))
    while not children():
        await asyncio.sleep(0.01)
    children()[0].send_signal(signal.SIGKILL)
    with pytest.raises(PictureDamaged):
        await working
    assert (await workshop.develop(data)).width == 3000


async def test_a_child_that_is_killed_while_it_waits_costs_nothing(workshop: Workshop) -> None:
    data = encode(corners())
    await workshop.develop(data)
    (child,) = children()
    child.send_signal(signal.SIGKILL)
    while child in children():
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # until its pipes are known to be closed
    assert (await workshop.develop(data)).width > 0


async def test_a_child_that_hangs_is_ended() -> None:
    workshop = Workshop(seconds_max=0.4)
    working = asyncio.create_task(workshop.develop(encode(corners())))
    while not children():
        await asyncio.sleep(0.01)
    children()[0].send_signal(signal.SIGSTOP)
    with pytest.raises(PictureTooLarge, match="too long"):
        await working
    assert children() == []
    await workshop.close()


async def test_who_would_wait_too_long_is_told_at_once() -> None:
    workshop = Workshop(waiting_max=2)
    data = encode(corners())
    results = await asyncio.gather(
        *(workshop.develop(data) for _ in range(6)), return_exceptions=True
    )
    busy = [result for result in results if isinstance(result, PicturesBusy)]
    assert 1 <= len(busy) <= 4
    assert all(one.retry_after_seconds for one in busy)
    assert len(children()) == 1
    await workshop.close()
    assert children() == []


async def test_children_have_no_secrets_and_write_no_files(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARNIVAL_SECRET", "do not tell")
    await workshop.develop(encode(corners()))
    (child,) = children()
    assert set(child.environ()) <= {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    assert any(line.startswith("Max file size") and " 0 " in line for line in limits.splitlines())
    assert child.nice() >= os.nice(0)


async def test_cancelled_uploads_leave_no_stray_answer(workshop: Workshop) -> None:
    large, small = encode(noise(2000, 2000)), encode(corners())
    working = asyncio.create_task(workshop.develop(large))
    while not children():
        await asyncio.sleep(0.01)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert (await workshop.develop(small)).width == 320
