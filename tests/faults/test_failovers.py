"""A primary of a cluster is killed under a crowd, and its replica takes over.

What SQL acknowledged (posts, follows) and what a replica had got (likes and comments) stays. A
like or comment that was answered in the last moment before the kill may be gone: replication is
asynchronous. How many are, is counted and printed.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.kernel.embedded.cluster import ValkeyCluster, start_cluster
from app.kernel.valkey.keys import bucket_key, bucket_of
from app.kernel.valkey.routes import slot_of
from loadtests.common.outside import OutsideLog, Told
from tests.faults.crowd import Crowd
from tests.faults.healing import heals
from tests.faults.installation import Installation
from tests.servers import Valkeys

SHOPPERS = 24
LAG_SECONDS = 1.0
"""Far above what replication takes; an answer older than this is never lost."""
HEAL_SECONDS = 60.0


class TimedLog(OutsideLog):
    """Also knows when each like and comment was last answered."""

    def __init__(self) -> None:
        super().__init__()
        self._liked_at: dict[tuple[int, int], float] = {}
        self._commented_at: dict[int, tuple[float, int]] = {}
        self.doubtful_likes: set[tuple[int, int]] = set()
        self.doubtful_comments: dict[int, int] = {}

    def note_like(self, post: int, shopper: int, on: bool, told: Told) -> None:
        super().note_like(post, shopper, on, told)
        if told is Told.YES:
            self._liked_at[post, shopper] = time.monotonic()
            self.doubtful_likes.discard((post, shopper))

    def note_comment(self, post: int, comment: int) -> None:
        super().note_comment(post, comment)
        self._commented_at[comment] = (time.monotonic(), post)

    def doubt(self, since: float, slots: range) -> None:
        """What was answered since then by the server of these slots may be gone."""
        for (post, shopper), at in list(self._liked_at.items()):
            if at >= since and _slot(post) in slots:
                self.likes[post, shopper].unsure = True
                self.doubtful_likes.add((post, shopper))
        for comment, (at, post) in list(self._commented_at.items()):
            if at >= since and _slot(post) in slots:
                self.comments[post].discard(comment)
                self.doubtful_comments[comment] = post

    def lost(self, crowd: Crowd) -> tuple[int, int]:
        """(acknowledged answers that are gone, those that might have been)."""
        gone = 0
        with crowd.asking() as fetch:
            likes = [each for each in self.doubtful_likes if self.stands(each[0])]
            for post, shopper in likes:
                liked = fetch(shopper, f"/v1/posts/{post}")["viewer"]["liked"]
                gone += liked is not self.likes[post, shopper].on
            comments = {c: p for c, p in self.doubtful_comments.items() if self.stands(p)}
            for comment, post in comments.items():
                page = fetch(None, f"/v1/posts/{post}/comments?limit=50")
                gone += all(int(item["id"]) != comment for item in page["items"])
        return gone, len(likes) + len(comments)


def _slot(post: int) -> int:
    return slot_of(bucket_key(bucket_of(post), "any"))


@pytest.fixture
def clusters(tmp_path: Path) -> Iterator[dict[str, ValkeyCluster]]:
    """A live and a cache cluster of the test's own: their nodes die."""
    with ExitStack() as stack:
        started: dict[str, ValkeyCluster] = {}
        for kind in ("live", "cache"):
            started[kind] = start_cluster(tmp_path / kind, secrets.token_hex(8), kind)
            stack.callback(started[kind].stop)
        yield started


@pytest.mark.faults
def test_failovers_of_both_clusters_lose_nothing_that_was_replicated(
    tmp_path: Path, clusters: dict[str, ValkeyCluster]
) -> None:
    _survives(tmp_path, clusters, ["cache", "live"], seed=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(2, 4))
def test_many_failovers_lose_nothing_that_was_replicated(
    tmp_path: Path, clusters: dict[str, ValkeyCluster], seed: int
) -> None:
    _survives(tmp_path, clusters, ["live", "cache"] * 5, seed=seed)


def _survives(
    folder: Path, clusters: dict[str, ValkeyCluster], kills: list[str], *, seed: int
) -> None:
    valkeys = Valkeys(clusters["live"].url, clusters["cache"].url)
    log, sign_ins = TimedLog(), folder / "sign-ins.jsonl"
    with Installation(folder, valkeys=valkeys) as installation:
        installation.run("rehearse", str(SHOPPERS), "--out", str(sign_ins))
        with Crowd(installation.url, sign_ins, seed, log) as crowd:
            time.sleep(4.0)
            for kind in kills:
                _fail_over(clusters[kind], log if kind == "live" else None)
                installation.wait_until_ready()
                time.sleep(3.0)
        assert crowd.answers > 100, "the crowd hardly did anything"
        heals(crowd)
        installation.run("audit")
        gone, doubtful = log.lost(crowd)
        print(f"{kills.count('live')} failovers: {gone} of {doubtful} answers of the last moment")


def _fail_over(cluster: ValkeyCluster, log: TimedLog | None) -> None:
    """Kill a primary, wait for its replica to take over, and bring it back as a replica."""
    roles = [node.call("ROLE") for node in cluster.nodes]
    replicas = {role[2]: index for index, role in enumerate(roles) if role[0] == b"slave"}
    victim = next(i for i, node in enumerate(cluster.nodes) if node.port in replicas)
    heir = cluster.nodes[replicas[cluster.nodes[victim].port]]
    ranges = cluster.nodes[victim].call("CLUSTER", "SLOTS")
    port = cluster.nodes[victim].port
    slots = next(range(r[0], r[1] + 1) for r in ranges if r[2][1] == port)
    killed_at = time.monotonic()
    cluster.running[victim].kill()
    until = killed_at + HEAL_SECONDS
    while heir.call("ROLE")[0] != b"master":
        assert time.monotonic() < until, "no replica took over"
        time.sleep(0.02)
    if log is not None:
        log.doubt(killed_at - LAG_SECONDS, slots)
    cluster.running[victim].start()
    cluster.running[victim].wait_until(cluster.nodes[victim].ready)
    while (role := cluster.nodes[victim].call("ROLE"))[0] != b"slave" or role[3] != b"connected":
        assert time.monotonic() < until, "the old primary did not come back as a replica"
        time.sleep(0.05)
