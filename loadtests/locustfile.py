"""What `locust -f loadtests/locustfile.py` runs; `./carnival festival` runs it with a verdict."""

from loadtests.scenarios.browsing import Browsing
from loadtests.scenarios.liking import Liking
from loadtests.scenarios.publishing import Publishing
from loadtests.scenarios.raining import Raining
from loadtests.scenarios.watching import Watching
from loadtests.scenarios.whispering import Whispering

__all__ = ["Browsing", "Liking", "Publishing", "Raining", "Watching", "Whispering"]
