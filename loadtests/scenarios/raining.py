"""A rain: waves, staggered entry, fewer shares than people."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from datetime import datetime
from typing import Any

from locust import task

from loadtests.scenarios.crowds import Crowd, Plan

WAVE_SECONDS = 8
STAGGER_SECONDS = 2


class Raining(Crowd):
    """Everybody tries to catch a share of each wave, as soon as the server lets them in."""

    @task
    def rain(self) -> None:
        """One rain, from its announcement to the last wave."""
        waves = [
            self._wave(0, {"form": "lucky", "count": self.people * 4 // 5, "totalMinor": 8_800}),
            self._wave(1, {"form": "equal", "count": self.people // 2, "eachMinor": 18}),
        ]
        counts = [wave["split"]["count"] for wave in waves]
        rules = {"form": "rain", "waves": waves, "staggerSeconds": STAGGER_SECONDS}
        opened = self.open_packet(rules, counts, closes_after=len(waves) * WAVE_SECONDS)
        if opened is None:
            return
        packet, opens = opened
        self.gather(packet, opens)
        plan: Plan = []
        for wave in range(len(waves)):
            plan += self.grabs(packet, wave, self._entries(wave, opens + wave * WAVE_SECONDS))
        self.arrivals.fire(plan)
        self.arrivals.join(self.network_timeout)

    def _wave(self, number: int, split: dict[str, Any]) -> dict[str, Any]:
        after = number * WAVE_SECONDS
        return {"afterSeconds": after, "lastsSeconds": WAVE_SECONDS, "split": split}

    def _entries(self, wave: int, begins: float) -> dict[int, float]:
        """When the wave begins for each; who has no answer yet comes after the last of them."""
        entries = dict.fromkeys(self.views, begins + STAGGER_SECONDS)
        for shopper, seen in self.views.items():
            if seen.ready() and seen.value is not None:
                enters = datetime.fromisoformat(seen.value["waves"][wave]["entersAt"])
                entries[shopper] = enters.timestamp() - self.ahead
        return entries
