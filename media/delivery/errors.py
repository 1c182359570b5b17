"""What can go wrong when something is to be watched.

AppError
└── FilmNotFound  404  no such film or part of it, not published, taken down, or a bad token
"""

from app.kernel.errors import NotFound


class FilmNotFound(NotFound):
    """Nothing to watch under this address."""

    code, title = "film_not_found", "There is nothing to watch here"
