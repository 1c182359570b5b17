"""`python -m loadtests.bench NAME [OPTIONS]`: what `carnival bench` runs."""

import sys

from loadtests.bench import feed, grab, media, swipe

BENCHES = {"feed": feed.main, "grab": grab.main, "media": media.main, "swipe": swipe.main}


def main() -> int:
    """Run the bench named first. Returns its exit code; 2 for a name nobody knows."""
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if name not in BENCHES:
        sys.stderr.write(f"There are: {', '.join(BENCHES)}\n")
        return 2
    return BENCHES[name]()


if __name__ == "__main__":
    sys.exit(main())
