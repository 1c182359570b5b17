"""What can go wrong with posts.

AppError
├── PostNotFound    404  no such post for this caller
├── PostState       409  the post's state does not allow it
├── PinsFull        409  an account pins PINS_MAX posts
├── EditsFull       409  a post was edited EDITS_MAX times
├── NotRepostable   409  only posts for everyone can be reposted
└── PostIncomplete  400  the kind of post needs something that is missing
"""

from app.kernel.errors import Conflict, Invalid, NotFound


class PostNotFound(NotFound):
    """No such post for this caller."""

    code, title = "post_not_found", "This post does not exist"


class PostState(Conflict):
    """There is no such arrow from the post's state."""

    code, title = "post_state", "The post's state does not allow this"


class PinsFull(Conflict):
    """Unpin one first."""

    code, title = "pins_full", "As many posts as possible are pinned"


class EditsFull(Conflict):
    """A history has a bound."""

    code, title = "edits_full", "This post was edited as often as possible"


class NotRepostable(Conflict):
    """What is not for everyone stays where it is."""

    code, title = "not_repostable", "This post cannot be reposted"


class PostIncomplete(Invalid):
    """`errors` says what the kind needs."""

    code, title = "post_incomplete", "Something is missing for this kind of post"
