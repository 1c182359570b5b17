"""What `locust -f loadtests/locustfile.py` runs; `./carnival festival` runs it with a verdict."""

from loadtests.scenarios.browsing import Browsing
from loadtests.scenarios.liking import Liking
from loadtests.scenarios.publishing import Publishing

__all__ = ["Browsing", "Liking", "Publishing"]
