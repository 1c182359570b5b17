"""Cards: a picture for what is announced, and nothing for anybody about anything else."""

import io
from typing import Any

import pytest
import segno
from PIL import Image

from app.kernel.drawing.fonts import sayable, speaks_chinese
from app.kernel.drawing.tokens import color
from games.cards.drawing.poster import HEIGHT, WIDTH, Language, Words, draw_card
from tests.games.conftest import Fair, soon


async def _card(fair: Fair, packet_id: str, query: str = "", **options: Any) -> Any:
    return await fair.town.ask("GET", f"/v1/packets/{packet_id}/card{query}", **options)


class TestCard:
    async def test_is_a_picture_that_is_asked_for_once(self, fair: Fair) -> None:
        packet_id = await fair.open(await fair.rich_shop())
        answer = await _card(fair, packet_id)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(answer.content)).size == (WIDTH, HEIGHT)
        again = await _card(fair, packet_id, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304

    async def test_of_a_friends_link_is_another_one(self, fair: Fair) -> None:
        packet_id = await fair.open(await fair.rich_shop())
        plain = await _card(fair, packet_id)
        friend = await _card(fair, packet_id, "?code=abcdefgh12345678&language=en")
        assert friend.status_code == 200
        assert friend.content != plain.content

    async def test_is_not_to_be_had_before_the_packet_is_announced(self, fair: Fair) -> None:
        shop = await fair.rich_shop()
        draft = await fair.draft(shop)
        assert (await _card(fair, draft)).status_code == 404
        await fair.act(shop, draft, "fund")
        later = {"announcedAt": soon(600), "opensAt": soon(1200)}
        await fair.act(shop, draft, "schedule", json=later)
        assert (await _card(fair, draft)).status_code == 404
        assert (await _card(fair, "77")).status_code == 404

    @pytest.mark.parametrize(
        "query", ["?code=short", "?code=with%20space1", f"?code={'a' * 161}", "?language=xx"]
    )
    async def test_refuses_what_is_no_code_or_language(self, fair: Fair, query: str) -> None:
        packet_id = await fair.open(await fair.rich_shop())
        assert (await _card(fair, packet_id, query)).status_code == 400


class TestDrawing:
    def test_the_code_says_the_address_and_can_be_read_off(self) -> None:
        url = "https://carnival.example/packets/7/help?code=" + "a" * 80
        card = Image.open(
            io.BytesIO(draw_card(Words("山茶", "红包", Language.CHINESE), url))
        ).convert("L")
        matrix = [list(row) for row in segno.make(url, error="m", boost_error=False).matrix]
        side = len(matrix)
        scale = 330 // (side + 4)
        left = (WIDTH - (side + 4) * scale) // 2 + 2 * scale
        top = HEIGHT - 170 - (side + 4) * scale + 2 * scale
        middle, pixels = scale // 2, card.tobytes()
        read = [
            [
                int(pixels[(top + y * scale + middle) * WIDTH + left + x * scale + middle] < 128)
                for x in range(side)
            ]
            for y in range(side)
        ]
        assert read == matrix

    @pytest.mark.parametrize("title", ["", "长" * 200, "word " * 60, "w" * 300, "👨‍👩‍👧 红包"])
    def test_any_title_fits(self, title: str) -> None:
        data = draw_card(
            Words("很长的名字" * 20, title, Language.CHINESE), "https://carnival.example/"
        )
        assert Image.open(io.BytesIO(data)).size == (WIDTH, HEIGHT)

    def test_colours_are_those_of_the_tokens(self) -> None:
        assert color("red") == "#e02e24"
        assert color("gold") == "#f7c873"
        with pytest.raises(KeyError):
            color("none")

    def test_pictographs_are_left_out(self) -> None:
        assert sayable("🧧 A") == "A"
        assert sayable("红包") == ("红包" if speaks_chinese() else "")
