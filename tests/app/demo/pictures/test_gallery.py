"""The drawn pictures: every motif in every shape, the same each time, no two alike."""

import pytest
from PIL import Image, ImageChops, ImageStat

from app.demo.pictures.colours import PALETTES
from app.demo.pictures.gallery import LOOKS, SCENES, draw, draw_avatar, draw_cover


def lively(image: Image.Image) -> bool:
    """Whether there is light, shade and colour: not a grey box."""
    statistics = ImageStat.Stat(image.convert("HSV"))
    return statistics.stddev[2] > 8 and statistics.mean[1] > 12


@pytest.mark.parametrize("scene", SCENES)
class TestScenes:
    def test_it_is_drawn_in_every_shape(self, scene: str) -> None:
        for size in ((240, 240), (240, 300), (360, 180)):
            image = draw(scene, 1, size)
            assert image.size == size
            assert image.mode == "RGB"
            assert lively(image)

    def test_the_same_seed_gives_the_same_pixels(self, scene: str) -> None:
        assert draw(scene, 5, (160, 160)).tobytes() == draw(scene, 5, (160, 160)).tobytes()

    def test_seeds_differ(self, scene: str) -> None:
        seen = {draw(scene, seed, (96, 96), "festival").tobytes() for seed in range(6)}
        assert len(seen) == 6

    def test_the_set_reaches_the_edges(self, scene: str) -> None:
        for seed in range(4):
            image = draw(scene, seed, (300, 150))
            for edge in ((0, 0, 3, 150), (297, 0, 300, 150), (0, 0, 300, 3), (0, 147, 300, 150)):
                bare = ImageChops.difference(
                    image.crop(edge), Image.new("RGB", (300, 150), "white")
                )
                assert max(bare.convert("L").tobytes()) > 6


class TestLooks:
    def test_there_are_twelve_of_known_scenes_and_palettes(self) -> None:
        assert len(LOOKS) == 12
        for look in LOOKS.values():
            assert look.palette in PALETTES
            assert {look.cover, *look.scenes} <= set(SCENES)

    @pytest.mark.parametrize("account", LOOKS)
    def test_avatars_and_covers(self, account: str) -> None:
        assert draw_avatar(account, 120).size == (120, 120)
        assert lively(draw_cover(account, (320, 160)))

    def test_no_two_accounts_look_alike(self) -> None:
        assert len({draw_avatar(account, 64).tobytes() for account in LOOKS}) == 12
