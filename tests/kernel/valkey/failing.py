"""A cluster whose replica takes over without what its primary answered for last."""

import time

from app.kernel.embedded.cluster import ValkeyCluster
from app.kernel.embedded.valkey import ValkeyServer
from app.kernel.valkey.keys import bucket_key
from app.kernel.valkey.routes import slot_of

HEAL_SECONDS = 60.0


class Failover:
    """One bucket's primary and its replica. From `part` on, what the primary answers for is known
    to it alone; `lose` kills it, and the replica takes over."""

    def __init__(self, cluster: ValkeyCluster, bucket: int) -> None:
        self._cluster = cluster
        slot = slot_of(bucket_key(bucket, "any"))
        shards = cluster.nodes[0].call("CLUSTER", "SLOTS")
        (shard,) = [each for each in shards if each[0] <= slot <= each[1]]
        port = shard[2][1]
        roles = [node.call("ROLE") for node in cluster.nodes]
        self.primary = next(i for i, node in enumerate(cluster.nodes) if node.port == port)
        self.replica = next(i for i, role in enumerate(roles) if role[0::2][:2] == [b"slave", port])

    def part(self) -> None:
        """Keep the replica from hearing anything more."""
        replica = self._server(self.replica)
        replica.call("CONFIG", "SET", "primaryauth", "wrong")
        replica.call("CLIENT", "KILL", "TYPE", "primary")
        while replica.call("ROLE")[3] == b"connected":
            time.sleep(0.01)

    def lose(self) -> None:
        """Kill the primary and promote the replica."""
        self._cluster.running[self.primary].kill()
        replica = self._server(self.replica)
        replica.call("CLUSTER", "FAILOVER", "TAKEOVER")
        until = time.monotonic() + HEAL_SECONDS
        while replica.call("ROLE")[0] != b"master":
            assert time.monotonic() < until, "the replica was not promoted"
            time.sleep(0.02)

    def _server(self, index: int) -> ValkeyServer:
        return self._cluster.nodes[index]
