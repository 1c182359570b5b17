"""Players that tell what they show."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.factories.town import Resident, Town

START = datetime(2026, 11, 11, tzinfo=UTC)
LASTS = 12_000
"""Milliseconds of the film of these tests."""


class Player:
    """Somebody's player, whose viewing has a session of its own."""

    _count = 0

    def __init__(self, town: Town, video: str, who: Resident | None = None) -> None:
        Player._count += 1
        self.town, self.video, self.who = town, video, who
        self.session = f"{Player._count:08x}"

    async def tell(self, *events: tuple[str, int], **more: Any) -> None:
        told = [
            {
                "videoId": self.video,
                "session": self.session,
                "kind": kind,
                "position": position,
                "at": (START + timedelta(milliseconds=position)).isoformat(),
                **more,
            }
            for kind, position in events
        ]
        answer = await self.town.ask("POST", "/v1/videos/events", self.who, json={"events": told})
        assert answer.status_code == 202, answer.text

    async def credit(self) -> int:
        path = f"/v1/videos/{self.video}/credit"
        return (await self.town.good("GET", path, self.who))["creditMs"]
