"""Which lane a command takes: by URL, to one server, to a sentinel's primary, or by slot.

valkey://[user:password@]host:port[/db]
valkey+sentinel://[user:password@]host:port,host:port/name
valkey+cluster://[user:password@]host:port,host:port

User and password are the data servers'; sentinels are asked without.
"""

from binascii import crc_hqx
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import unquote, urlsplit

from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from app.kernel.valkey.errors import ValkeyError
from app.kernel.valkey.pipeline import Address, Arg, Call, Judge, Lane, Limits, Login

SLOTS = 16_384
_KEYLESS = frozenset({"PING", "TIME", "CONFIG", "INFO", "SCRIPT", "ROLE", "DBSIZE", "FLUSHALL"})
_KEY_AT = {"EVAL": 3, "EVALSHA": 3, "XGROUP": 2, "XINFO": 2, "OBJECT": 2, "MEMORY": 2}


class Target(NamedTuple):
    """A URL, taken apart."""

    scheme: str
    addresses: list[Address]
    login: Login
    name: str


def parse(url: str) -> Target:
    """Take a URL apart. Raises ValueError saying what is wrong with it, never the password."""
    parts = urlsplit(url)
    user, _, places = parts.netloc.rpartition("@")
    username, _, password = user.partition(":")
    addresses: list[Address] = []
    for place in places.split(","):
        host, _, port = place.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError(f"not a Valkey address: {place!r} (host:port is needed)")
        addresses.append((host.strip("[]"), int(port)))
    path = parts.path.strip("/")
    database = int(path) if parts.scheme == "valkey" and path else 0
    login = Login(
        username=unquote(username) or None, password=unquote(password) or None, database=database
    )
    return Target(parts.scheme, addresses, login, path)


@lru_cache(maxsize=65_536)
def _slot_of_tag(tag: str) -> int:
    return crc_hqx(tag.encode(), 0) % SLOTS


def slot_of(key: str) -> int:
    """The cluster slot of a key: CRC16 of its hash tag, else of all of it."""
    start = key.find("{")
    if start >= 0:
        end = key.find("}", start + 1)
        if end > start + 1:
            return _slot_of_tag(key[start + 1 : end])
    return crc_hqx(key.encode(), 0) % SLOTS


def slot_of_command(command: tuple[Arg, ...]) -> int | None:
    """The slot of a command's first key; None for one without a key."""
    name = str(command[0]).upper()
    if name in _KEYLESS:
        return None
    if name in ("XREADGROUP", "XREAD"):
        position = command.index("STREAMS") + 1
    else:
        position = _KEY_AT.get(name, 1)
    key = command[position]
    return slot_of(key.decode("latin-1") if isinstance(key, bytes) else str(key))


class Route(Protocol):
    """Sends calls to the right server."""

    only_push: Callable[[Call], None] | None
    """What `send` comes down to where there is but one lane."""

    def send(self, call: Call, slot: int | None) -> None:
        """Put a call on the lane of its slot."""
        ...

    def redirect(self, call: Call, address: Address, *, asking: bool) -> None:
        """Send a call where the server said it belongs."""
        ...

    async def address_of(self, slot: int) -> Address:
        """Where a slot lives now. Raises `ValkeyUnavailable`."""
        ...

    async def primaries(self) -> list[Lane]:
        """A lane to every primary. Raises `ValkeyUnavailable`."""
        ...

    async def close(self) -> None:
        """Close every lane."""
        ...


class ServerRoute:
    """Everything goes to one server: the one named, or the primary the sentinels name.

    An address is asked for again at every connect, so a promoted replica is found.
    """

    def __init__(self, target: Target, limits: Limits, judge: Judge) -> None:
        self._address = target.addresses[0]
        self._name = target.name
        self._sentinel: Any = None
        if target.scheme == "valkey+sentinel":
            seconds = limits.timeout_seconds / (len(target.addresses) + 1)
            options = {
                "socket_timeout": seconds,
                "socket_connect_timeout": seconds,
                "retry": Retry(NoBackoff(), 0),
            }
            self._sentinel = cast("Any", Sentinel)(target.addresses, sentinel_kwargs=options)
        self._lane = Lane(self._locate, target.login, limits, judge)
        self.only_push: Callable[[Call], None] | None = self._lane.push

    async def _locate(self) -> Address:
        if self._sentinel is None:
            return self._address
        host, port = await self._sentinel.discover_master(self._name)
        return str(host), int(port)

    def send(self, call: Call, slot: int | None) -> None:
        self._lane.push(call)

    def redirect(self, call: Call, address: Address, *, asking: bool) -> None:
        call.fail(ValkeyError("MOVED this server is part of a cluster: use valkey+cluster://"))

    async def address_of(self, slot: int) -> Address:
        return await self._locate()

    async def primaries(self) -> list[Lane]:
        return [self._lane]

    async def close(self) -> None:
        await self._lane.close()
        if self._sentinel is not None:
            await self._sentinel.aclose()
