"""Wires the figures under posts."""

from litestar.di import Provide

from app.kernel.background import repeating
from app.kernel.house import House, Slice, Wiring
from feeds.figures.controllers import ViewsController
from feeds.figures.interfaces import Tallies
from feeds.figures.repository import TallyRepository
from feeds.figures.service import Announcer, FigureBoard, TallyService, ViewService
from feeds.figures.store import ViewStore
from feeds.posts.interfaces import Posts

_ANNOUNCE_SECONDS = 0.3
_HAND_OVER_SECONDS = 1.0
_FLUSH_SECONDS = 2.0


def wire(house: House) -> Wiring:
    """Figures for readers, a door for who decides, and views."""
    repository = TallyRepository()
    board = FigureBoard(house.database, repository)
    house.changes.listen(board)
    announcer = Announcer(house.changes, board)
    house.doors.provide(Tallies, TallyService(repository, board, announcer))
    store = ViewStore(house.cache)
    posts = house.doors.get(Posts)
    views = ViewService(house.database, store, repository, announcer, posts)
    return Wiring(
        routes=[ViewsController],
        dependencies={"views": Provide(lambda: views, sync_to_thread=False)},
        web_lifespan=[
            lambda: repeating("hand_over_views", _HAND_OVER_SECONDS, views.hand_over, at_end=True)
        ],
        worker_lifespan=[
            lambda: repeating("tell_figures", _ANNOUNCE_SECONDS, announcer.tell_now, at_end=True),
            lambda: repeating("flush_views", _FLUSH_SECONDS, views.flush),
        ],
    )


slice_ = Slice("figures", wire)
