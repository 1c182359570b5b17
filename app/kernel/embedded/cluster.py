"""A real Valkey Cluster of six nodes, three primaries with a replica each, for tests."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.kernel.embedded.process import Running, ServerFailed, free_ports
from app.kernel.embedded.valkey import Kind, ValkeyServer

_PRIMARIES = 3
_SLOTS = 16_384
_READY_SECONDS = 60.0


class ValkeyCluster(msgspec.Struct, kw_only=True):
    """The nodes; the first three are the primaries at birth."""

    nodes: list[ValkeyServer]
    running: list[Running]

    @property
    def url(self) -> str:
        """All nodes in one `valkey+cluster://` address."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"valkey+cluster://:{self.nodes[0].password}@{hosts}"

    def flush(self) -> None:
        """Empty every primary, for the next test."""
        for node in self.nodes:
            if node.call("ROLE")[0] == b"master":
                node.call("FLUSHALL")

    def stop(self) -> None:
        """Stop all nodes; nothing of a test cluster is worth waiting for."""
        for each in self.running:
            each.kill()


def start_cluster(folder: Path, password: str, kind: Kind = "cache") -> ValkeyCluster:
    """Start six nodes, share out the slots, attach the replicas, wait until all agree."""
    ports = free_ports(4 * _PRIMARIES)
    nodes = [
        ValkeyServer(
            kind=kind,
            folder=folder / f"node-{index}",
            port=ports[2 * index],
            password=password,
            extra={
                "cluster-enabled": "yes",
                "cluster-port": str(ports[2 * index + 1]),
                "cluster-config-file": "nodes.conf",
                "cluster-node-timeout": "2000",
                "cluster-announce-ip": "127.0.0.1",
            },
        )
        for index in range(2 * _PRIMARIES)
    ]
    running = [node.start(folder / f"node-{index}.log") for index, node in enumerate(nodes)]
    cluster = ValkeyCluster(nodes=nodes, running=running)
    try:
        _join(nodes)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def _join(nodes: list[ValkeyServer]) -> None:
    primaries, replicas = nodes[:_PRIMARIES], nodes[_PRIMARIES:]
    for index, node in enumerate(primaries):
        first, last = _SLOTS * index // _PRIMARIES, _SLOTS * (index + 1) // _PRIMARIES - 1
        node.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
        node.call("CLUSTER", "ADDSLOTSRANGE", first, last)
    for node in nodes[1:]:
        bus = int(node.extra["cluster-port"])
        nodes[0].call("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
    _until(lambda: all(_known(node) == len(nodes) for node in nodes), "nodes did not meet")
    for primary, replica in zip(primaries, replicas, strict=True):
        replica.call("CLUSTER", "REPLICATE", _text(primary.call("CLUSTER", "MYID")))
    _until(lambda: all(_healthy(node) for node in nodes), "cluster did not become healthy")


def _until(condition: Callable[[], bool], problem: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise ServerFailed(problem)
        time.sleep(0.05)


def _known(node: ValkeyServer) -> int:
    return int(_info(node)["cluster_known_nodes"])


def _healthy(node: ValkeyServer) -> bool:
    """Slots covered as this node sees it; a replica has its first copy of the data."""
    if _info(node)["cluster_state"] != "ok":
        return False
    role = node.call("ROLE")
    return role[0] == b"master" or role[3] == b"connected"


def _info(node: ValkeyServer) -> dict[str, str]:
    reply = node.call("CLUSTER", "INFO")
    if isinstance(reply, dict):
        return {str(key): str(value) for key, value in reply.items()}  # pyright: ignore
    lines = (line.partition(":") for line in _text(reply).splitlines())
    return {key: value for key, _, value in lines}


def _text(reply: bytes | str) -> str:
    return reply.decode() if isinstance(reply, bytes) else reply
