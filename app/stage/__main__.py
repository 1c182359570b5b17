"""`python -m app.stage feed|grab|film FOLDER`: set a stage.

Starts embedded servers in a folder, web and worker, and makes the people that a benchmark needs;
writes one line of JSON about all that, and then obeys one line of JSON at a time until its input
ends, see `feed`, `grab` and `film`.
"""

import asyncio
import sys
from pathlib import Path

from app.kernel.logs import configure_logs
from app.stage import feed, film, grab
from app.stage.servers import Servers


def main() -> None:
    """Set the stage named by the first argument in the folder named by the second."""
    configure_logs("warning", as_json=False)
    name, folder = sys.argv[1:]
    servers = Servers(Path(folder).resolve())
    try:
        servers.start(bare=name == "feed", transcoder=name == "film")
        asyncio.run({"feed": feed, "grab": grab, "film": film}[name].run(servers))
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
