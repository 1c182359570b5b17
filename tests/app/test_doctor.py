"""What `carnival doctor` says about servers."""

import msgspec

from app import doctor
from app.kernel.settings import Settings


async def test_a_replicated_installation_without_replicas_is_told_so(settings: Settings):
    wanted = msgspec.structs.replace(settings, durability="replicated")
    found = {each.subject: each async for each in doctor.servers(wanted)}
    assert found["Durability"].advice == ""
    assert found["Replication"].state == "primaries without a second disk: 1"
    assert "CARNIVAL_DURABILITY=local" in found["Replication"].advice
    found = {each.subject: each async for each in doctor.servers(settings)}
    assert "Replication" not in found
