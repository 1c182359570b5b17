"""What can go wrong with stills."""


class StillsFailed(Exception):
    """Nothing could be decoded, or the film gave no frame; says what ffmpeg said, for the log."""
