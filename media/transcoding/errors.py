"""What can go wrong with an encoding, in words for whoever uploaded the film.

Broken      the film itself: trying again would end the same way
└── (anything else that is raised is the machine's, and the job is tried again)
"""


class Broken(Exception):
    """This film cannot be encoded. `reason` is stable, `words` say what is wrong with it, and what
    to do."""

    def __init__(self, reason: str, words: str, log: str = "") -> None:
        super().__init__(words if not log else f"{words} [{log}]")
        self.reason = reason
        self.words = words
