"""The way through a Valkey Cluster: one lane a primary, chosen by slot.

redis-py finds and refreshes the topology; commands travel on our own lanes. MOVED and ASK name
the right node, so the one call goes there and only there: no command runs twice to find its place.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import structlog
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.pipeline import Address, Call, Judge, Lane, Limits, pack
from app.kernel.valkey.routes import Target

log: structlog.stdlib.BoundLogger = structlog.get_logger("valkey")

_REFRESH_PAUSE_SECONDS = 0.2
_REFRESH_SECONDS = 5.0
"""Bound on learning the topology: several nodes may have to be asked, some of them dead."""
_ASKING = pack(("ASKING",))


class ClusterRoute:
    """Slots to lanes. The table is learnt on first use and refreshed after trouble."""

    only_push: Callable[[Call], None] | None = None

    def __init__(self, target: Target, limits: Limits, judge: Judge) -> None:
        self._login = target.login
        self._limits = limits
        self._judge = judge
        self._lanes: dict[Address, Lane] = {}
        self._by_slot: dict[int, Lane] = {}
        self._homeless: list[tuple[Call, int | None]] = []
        self._known = False
        self._closing: set[asyncio.Task[None]] = set()
        self._refreshing: asyncio.Task[None] | None = None
        self._refreshed_at = float("-inf")
        self._topology = RedisCluster(
            startup_nodes=[ClusterNode(host, port) for host, port in target.addresses],
            username=target.login.username,
            password=target.login.password,
            require_full_coverage=False,
            socket_timeout=limits.timeout_seconds,
            socket_connect_timeout=limits.timeout_seconds,
            retry=cast("Any", Retry(NoBackoff(), 0)),
        )

    def send(self, call: Call, slot: int | None) -> None:
        """Put a call on the lane of its slot; until the topology is known it waits, bounded."""
        if not self._known:
            if len(self._homeless) >= self._limits.queue_max:
                call.fail(ValkeyUnavailable())
                return
            self._homeless.append((call, slot))
            self._refresh_soon()
            return
        lane = self._by_slot.get(slot) if slot is not None else self._any_lane()
        if lane is None and slot is not None:
            lane = self._learn(slot)
        if lane is None:
            call.fail(ValkeyUnavailable())
            self._refresh_soon()
            return
        lane.push(call)

    def redirect(self, call: Call, address: Address, *, asking: bool) -> None:
        """Send a call where the server said it belongs; after MOVED also learn the new table."""
        lane = self._lane_to(address)
        if asking:
            ignored: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            ignored.add_done_callback(_look)
            lane.push(Call(_ASKING, ignored))
        else:
            self._by_slot.clear()
            self._refresh_soon()
        lane.push(call)

    async def address_of(self, slot: int) -> Address:
        """Where a slot lives, by a fresh table. Raises `ValkeyUnavailable`."""
        await self._refreshed()
        address = self._owner(slot)
        if address is None:
            raise ValkeyUnavailable
        return address

    async def primaries(self) -> list[Lane]:
        """A lane to every primary. Raises `ValkeyUnavailable` while the topology is unknown."""
        if not self._known:
            await self._refreshed()
        return [self._lane_to(address) for address in self._primary_addresses()]

    async def close(self) -> None:
        """Close every lane; what waits fails."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        self._release(ValkeyUnavailable())
        lanes, self._lanes = list(self._lanes.values()), {}
        await asyncio.gather(*(lane.close() for lane in lanes), *self._closing)
        for nodes in ("nodes_cache", "startup_nodes"):
            await self._topology.nodes_manager.aclose(nodes)

    def _any_lane(self) -> Lane | None:
        addresses = self._primary_addresses()
        return self._lane_to(addresses[0]) if addresses else None

    def _primary_addresses(self) -> list[Address]:
        nodes: list[Any] = list(self._topology.get_primaries())
        return [(str(node.host), int(node.port)) for node in nodes]

    def _learn(self, slot: int) -> Lane | None:
        address = self._owner(slot)
        if address is None:
            return None
        lane = self._by_slot[slot] = self._lane_to(address)
        return lane

    def _owner(self, slot: int) -> Address | None:
        nodes: Any = self._topology.nodes_manager.slots_cache.get(slot)
        return (str(nodes[0].host), int(nodes[0].port)) if nodes else None

    def _lane_to(self, address: Address) -> Lane:
        lane = self._lanes.get(address)
        if lane is None:

            async def locate() -> Address:
                return address

            lane = Lane(locate, self._login, self._limits, self._judge, self._refresh_soon)
            self._lanes[address] = lane
        return lane

    async def _refreshed(self) -> None:
        self._refresh_soon()
        assert self._refreshing is not None
        await asyncio.shield(self._refreshing)
        if not self._known:
            raise ValkeyUnavailable

    def _refresh_soon(self) -> None:
        """Refresh the table unless that is already under way."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._refreshed_at + _REFRESH_PAUSE_SECONDS - loop.time())
        self._refreshed_at = loop.time()
        try:
            async with asyncio.timeout(_REFRESH_SECONDS):
                await self._topology.nodes_manager.initialize()
        except Exception as error:
            log.warning("valkey_topology_unknown", error=repr(error))
            self._release(ValkeyUnavailable())
        else:
            self._known = True
            self._by_slot.clear()
            self._close_unused()
            self._release(None)

    def _release(self, error: ValkeyUnavailable | None) -> None:
        waiting, self._homeless = self._homeless, []
        for call, slot in waiting:
            if error is not None:
                call.fail(error)
            else:
                self.send(call, slot)

    def _close_unused(self) -> None:
        """Lanes to nodes that are no primaries any more; what is in flight there fails."""
        current = set(self._primary_addresses())
        for address in [each for each in self._lanes if each not in current]:
            task = asyncio.create_task(self._lanes.pop(address).close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


def _look(reply: "asyncio.Future[Any]") -> None:
    """An error of ASKING shows in the command after it; here it only counts as seen."""
    if not reply.cancelled():
        reply.exception()
