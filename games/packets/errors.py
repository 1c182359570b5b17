"""What can go wrong with packets.

AppError
├── PacketNotFound   404  no such packet, not announced yet, or not yours
├── PacketStateWrong 409  its present state does not allow this
├── TestModeMoney    403  test keys move no money
└── ConditionUnmet   409  something has to be done first, such as following an account
"""

from app.kernel.errors import Conflict, Forbidden, NotFound


class PacketNotFound(NotFound):
    """No such packet for this caller."""

    code, title = "packet_not_found", "This packet does not exist"


class PacketStateWrong(Conflict):
    """The packet is in another part of its life."""

    code, title = "packet_state", "The packet's present state does not allow this"


class TestModeMoney(Forbidden):
    """Money is real; test data is not."""

    __test__ = False
    code, title = "test_mode", "Test keys move no money; use dryRun"


class ConditionUnmet(Conflict):
    """Whoever opens this packet has to do something first."""

    code, title = "condition_unmet", "Something has to be done before this packet opens"
