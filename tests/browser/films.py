"""Small films as phones make them, and what is no film at all."""

import subprocess
from pathlib import Path

from tests.factories.films import FFMPEG


def phone_film(path: Path, *, seconds: int = 6) -> Path:
    """A portrait test card with a tone, 180 × 320: enough for every screen, quick to encode."""
    card = f"testsrc2=size=180x320:rate=30:duration={seconds}"
    tone = f"sine=frequency=440:sample_rate=48000:duration={seconds}"
    command = [FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", card, "-f", "lavfi", "-i", tone]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([str(each) for each in [*command, path]], check=True)
    return path


def no_film(path: Path) -> Path:
    """A page that calls itself a film."""
    path.write_text("<!doctype html><title>film</title>" + "<p>not a film</p>" * 200)
    return path
