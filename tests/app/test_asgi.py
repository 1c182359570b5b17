"""The web process as a whole."""

import httpx

from app.kernel.house import House


class TestHealth:
    async def test_ready_names_every_dependency(
        self, client: httpx.AsyncClient, house: House
    ) -> None:
        answer = await client.get("/health/ready")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ready"
        names = set(answer.json()["checks"])
        assert names == {"postgresql", "valkey-live", "valkey-cache", "objects"}

    async def test_alive(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/health/live")).json() == {"status": "alive"}
