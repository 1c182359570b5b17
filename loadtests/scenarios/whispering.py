"""A passphrase goes round: everybody says it at once, each in an own way, some wrong at first."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from locust import task

from loadtests.common.journey import MONEY
from loadtests.common.outside import Told
from loadtests.common.shoppers import SignIn
from loadtests.scenarios.crowds import Act, Crowd, Plan

PHRASE = "狂欢城 Go 2026"
SAID = ("狂欢城go2026", "狂欢城 GO 2026", "狂欢城\uff27\uff4f\uff12\uff10\uff12\uff16", PHRASE)
"""Width, case and spaces do not matter."""
WRONG = "狂欢城 Go 2025"


class Whispering(Crowd):
    """Comes in one rush."""

    @task
    def rush(self) -> None:
        """One packet, from its announcement until everybody has said the phrase."""
        count = self.people * 4 // 5
        split = {"form": "lucky", "count": count, "totalMinor": count * 50, "minMinor": 10}
        rules = {"form": "passphrase", "phrase": PHRASE, "split": split}
        opened = self.open_packet(rules, [count], closes_after=600.0)
        if opened is None:
            return
        packet, opens = opened
        self.gather(packet, opens)
        begins = dict.fromkeys(self.views, opens)
        plan: Plan = self.grabs(packet, 0, begins, said=SAID)
        for who in self.chance.sample(self.crowd, self.people // 8):
            due = opens + self.chance.random() * self.reactions_seconds
            plan.append((due, self._mistake(packet, who)))
        self.arrivals.fire(plan)
        self.arrivals.join(self.network_timeout)

    def _mistake(self, packet: int, who: SignIn) -> Act:
        def mistake(due: float) -> None:
            if (ticket := self.ticket(who)) is None:
                return
            body = {"ticket": ticket, "phrase": WRONG}
            path, name = f"/v1/packets/{packet}/grab", "grabPacket: wrong phrase, from its moment"
            fine = ("wrong_phrase",)
            told, answer = self.call("POST", path, name, who=who, json=body, due=due, fine=fine)
            if told is Told.YES and answer["claim"] is not None:
                MONEY.contradictions.append(f"packet {packet} opened to {WRONG!r}")

        return mistake
