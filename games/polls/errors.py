"""What can go wrong with polls.

AppError
├── PollNotFound 404  no such poll, or not yours
├── PollNotOpen  409  voting has not begun
├── PollClosed   409  voting is over
└── PollVoted    409  somebody has voted: what was asked stays as it is
"""

from app.kernel.errors import Conflict, NotFound


class PollNotFound(NotFound):
    """No such poll for this caller."""

    code, title = "poll_not_found", "This poll does not exist"


class PollNotOpen(Conflict):
    """It opens later."""

    code, title = "poll_not_open", "Voting has not begun yet"


class PollClosed(Conflict):
    """Its time is over, or the brand closed it."""

    code, title = "poll_closed", "Voting is over"


class PollVoted(Conflict):
    """What people answered cannot become another question."""

    code, title = "poll_voted", "Somebody has voted: question and options stay as they are"
