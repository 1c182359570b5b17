"""Who vouches for what a packet may ask of shoppers."""

from games.packets.interfaces import Condition, Conditions


class ConditionList(Conditions):
    """The conditions that the floors above registered at wiring."""

    def __init__(self) -> None:
        self._conditions: dict[str, Condition] = {}

    def add(self, name: str, condition: Condition) -> None:
        """See `Conditions`."""
        assert name not in self._conditions, f"two vouch for {name}"
        self._conditions[name] = condition

    def find(self, name: str) -> Condition | None:
        """See `Conditions`."""
        return self._conditions.get(name)
