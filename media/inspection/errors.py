"""Why a film is not taken.

AppError
└── Refused 422  with a stable `code` and words that say what to do
"""

from app.kernel.errors import Unprocessable


class Refused(Unprocessable):
    """The film cannot be used. `reason` is stable, `words` are for who uploaded it."""

    code, title = "film_refused", "This film cannot be used"

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason
        self.words = words
