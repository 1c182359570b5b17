"""Films as files that ffmpeg can read, wherever they come from. A library room without routes."""
