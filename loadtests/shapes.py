"""How many come, and when."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from locust import LoadTestShape


class Steady(LoadTestShape):
    """Arrive within the first tenth, stay to the end."""

    abstract = True
    shoppers = 20
    crowds = 2
    """Each counts as one user of Locust."""
    seconds = 60.0

    def tick(self) -> tuple[int, float] | None:
        """Locust asks every second: (shoppers, arrivals a second), None at the end."""
        if self.get_run_time() > self.seconds:
            return None
        return self.shoppers + self.crowds, max(1.0, self.shoppers / (self.seconds / 10))


class Smoke(Steady):
    """A minute that a small machine survives: does everything work together under some load?"""


class Evening(Steady):
    """Ten minutes of a busy evening on one machine."""

    abstract = True
    shoppers = 200
    seconds = 600.0
