"""Acknowledged means durable: how servers must be set before we handle anything of value."""

from sqlalchemy import text

from app.kernel.house import House

_WANTED = {
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "fsync": ("on",),
    "full_page_writes": ("on",),
}
"""All four of the first wait for the local disk; only `off` does not."""


class UnsafeServers(Exception):
    """The live Valkey or PostgreSQL would lose acknowledged decisions in a crash."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__(
            "refusing to start on unsafe servers: " + "; ".join(complaints) + ". See `carnival "
            "doctor`; CARNIVAL_STRICT_SAFETY=false starts anyway, for what nobody will miss."
        )
        self.complaints = complaints


async def complaints(house: House) -> list[str]:
    """A sentence with the remedy for every unsafe setting; none means all is well."""
    found = [f"live Valkey: {each}" for each in await house.live.unsafe_settings()]
    async with house.database.reading() as session:
        for name, wanted in _WANTED.items():
            value = str(
                (await session.execute(text("SELECT current_setting(:n)"), {"n": name})).scalar()
            )
            if value not in wanted:
                found.append(
                    f"PostgreSQL: {name} is {value}; ALTER SYSTEM SET {name} = {wanted[0]}, "
                    "then SELECT pg_reload_conf()"
                )
    return found


async def refuse_unsafe(house: House) -> None:
    """Raises `UnsafeServers`, unless the settings say that nothing here is of value."""
    if house.settings.strict_safety and (found := await complaints(house)):
        raise UnsafeServers(found)
