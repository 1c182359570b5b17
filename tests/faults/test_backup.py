"""A backup under way of the money: an older PostgreSQL catches up from the streams."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import backup
from campaigns.ledger.interfaces import AccountKind
from tests.factories.town import Resident
from tests.games.conftest import Fair
from tests.servers import Servers

LUCKY = {"form": "lucky", "count": 60, "totalMinor": 30_000}


@pytest.fixture(scope="module")
def started() -> Iterator[Servers]:
    """Servers of this module's own: its PostgreSQL goes back in time."""
    servers = Servers()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


async def grab(fair: Fair, packet_id: str, people: list[Resident]) -> dict[int, dict]:
    return {who.id: (await fair.grab(packet_id, who))["claim"] for who in people}


async def test_an_older_postgres_catches_up_from_the_streams(
    fair: Fair, servers: Servers, tmp_path: Path
):
    owner_url, folder = servers.postgres.owner_url, tmp_path / "backup"
    shop = await fair.rich_shop()
    packet_id = await fair.open(shop, LUCKY)
    people = [await fair.town.shopper() for _ in range(20)]
    claims = await grab(fair, packet_id, people[:5])
    await fair.town.settle()
    claims |= await grab(fair, packet_id, people[5:8])
    await backup.take(fair.house, owner_url, folder)
    await fair.town.settle()
    claims |= await grab(fair, packet_id, people[8:14])
    await fair.town.settle()
    claims |= await grab(fair, packet_id, people[14:17])
    backup.put_back(folder, owner_url)
    assert len(await fair.rows(packet_id)) == 5
    await backup.catch_up(fair.town.composed, folder)
    claims |= await grab(fair, packet_id, people[17:])
    again = await grab(fair, packet_id, people)
    assert again == claims
    await fair.act(shop, packet_id, "end")
    await fair.town.settle()
    for who in people:
        amount = claims[who.id]["amount"]["amountMinor"]
        assert await fair.balance(AccountKind.WALLET, who.id) == amount
    assert await fair.balance(AccountKind.ESCROW, int(packet_id)) == 0
    assert await fair.quarantined() == []
    assert await fair.audit() == []


async def test_a_backup_alone_brings_everything_back_that_was_decided_before_it(
    fair: Fair, servers: Servers, tmp_path: Path
):
    owner_url, folder = servers.postgres.owner_url, tmp_path / "backup"
    shop = await fair.rich_shop()
    packet_id = await fair.open(shop, LUCKY)
    people = [await fair.town.shopper() for _ in range(12)]
    claims = await grab(fair, packet_id, people[:4])
    await fair.town.settle()
    claims |= await grab(fair, packet_id, people[4:8])
    made = await backup.take(fair.house, owner_url, folder)
    assert made.decisions == 4
    after = await grab(fair, packet_id, people[8:])
    await fair.town.settle()
    await fair.wipe_live()
    backup.put_back(folder, owner_url)
    await backup.catch_up(fair.town.composed, folder)
    assert await grab(fair, packet_id, people[:8]) == claims
    for who in people[8:]:
        path = f"/v1/packets/{packet_id}/restore"
        body = {"receipt": after[who.id]["receipt"]}
        back = await fair.town.good("POST", path, who, json=body)
        assert back["amount"] == after[who.id]["amount"]
    await fair.act(shop, packet_id, "end")
    await fair.town.settle()
    assert await fair.balance(AccountKind.LOSS, 0) == 0
    assert await fair.quarantined() == []
    assert await fair.audit() == []


async def test_what_a_backup_covers_is_forgotten_and_nothing_else(
    fair: Fair, servers: Servers, tmp_path: Path
):
    owner_url = servers.postgres.owner_url
    shop = await fair.rich_shop()
    packet_id = await fair.open(shop, LUCKY)
    people = [await fair.town.shopper() for _ in range(6)]
    await backup.take(fair.house, owner_url, tmp_path / "1")
    await grab(fair, packet_id, people[:4])
    await fair.town.settle()
    second = await backup.take(fair.house, owner_url, tmp_path / "2")
    assert second.decisions == 4
    await grab(fair, packet_id, people[4:])
    await fair.town.settle()
    third = await backup.take(fair.house, owner_url, tmp_path / "3")
    assert third.decisions == 2


async def test_what_is_no_backup_changes_nothing(fair: Fair, servers: Servers, tmp_path: Path):
    owner_url, folder = servers.postgres.owner_url, tmp_path / "backup"
    shop = await fair.rich_shop()
    await backup.take(fair.house, owner_url, folder)
    with pytest.raises(backup.BackupFailed, match="exists already"):
        await backup.take(fair.house, owner_url, folder)
    with (folder / "postgres.dump").open("r+b") as file:
        file.truncate(1_000)
    with pytest.raises(backup.BackupFailed, match="not what was backed up"):
        backup.put_back(folder, owner_url)
    assert await fair.balance(AccountKind.BUDGET, shop.id) == 1_000_000
