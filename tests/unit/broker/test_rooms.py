"""Room on the broker: never more is sent than there was, whoever takes how much."""

from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from camweave.broker.rooms import AGAIN, Rooms
from camweave.broker.topology import Lanes
from camweave.core.frame import CameraId

A, B = CameraId("a"), CameraId("b")
NARROW = Lanes({A: ("qa",)}, (), 2)
OWN = Lanes({A: ("qa",), B: ("qb",)}, (), 8)


def test_nothing_is_sent_before_anybody_looked() -> None:
    assert not Rooms(OWN).has("a")


class Flow(RuleBasedStateMachine):
    """A sender and a broker; whatever happens between a question, the look and the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.rooms = Rooms(NARROW)
        self.on_the_way = self.waiting = self.unconfirmed = 0
        self.asked, self.shown = False, -1

    @precondition(lambda self: self.rooms.has("a"))
    @rule()
    def send(self) -> None:
        self.rooms.sent("a")
        self.on_the_way += 1

    @precondition(lambda self: self.on_the_way)
    @rule()
    def arrive(self) -> None:
        self.on_the_way -= 1
        self.waiting += 1
        self.unconfirmed += 1

    @precondition(lambda self: self.unconfirmed)
    @rule()
    def confirm(self) -> None:
        self.unconfirmed -= 1
        self.rooms.arrived("a")

    @precondition(lambda self: self.waiting)
    @rule()
    def take(self) -> None:
        self.waiting -= 1

    @precondition(lambda self: not self.asked)
    @rule()
    def ask(self) -> None:
        self.asked = True
        self.rooms.looking("qa")

    @precondition(lambda self: self.asked and self.shown < 0)
    @rule()
    def look(self) -> None:
        self.shown = self.waiting

    @precondition(lambda self: self.shown >= 0)
    @rule()
    def answer(self) -> None:
        self.rooms.seen("qa", self.shown, 0.0)
        self.asked, self.shown = False, -1

    @invariant()
    def no_more_wait_than_may(self) -> None:
        assert self.waiting + self.on_the_way <= NARROW.most


test_a_queue_never_holds_more_than_it_may = Flow.TestCase


def test_a_full_camera_leaves_the_others_their_room() -> None:
    rooms = Rooms(OWN)
    rooms.seen("qa", 8, 0.0)
    rooms.seen("qb", 0, 0.0)
    assert not rooms.has("a")
    assert rooms.has("b")


def test_a_queue_is_looked_at_when_half_of_its_room_is_used() -> None:
    rooms = Rooms(OWN)
    rooms.seen("qa", 0, 0.0)
    rooms.seen("qb", 0, 0.0)
    assert rooms.wanted(0.0) == []
    for _ in range(4):
        rooms.sent("a")
    assert rooms.low("a")
    assert rooms.wanted(0.0) == ["qa"]


def test_who_is_not_there_bounds_nothing_and_is_looked_for_again() -> None:
    rooms = Rooms(Lanes({}, ("linker", "store"), 8))
    rooms.seen("linker", None, 10.0)
    rooms.seen("store", 3, 10.0)
    assert rooms.has("gate.found")
    assert rooms.wanted(10.0) == []
    assert rooms.wanted(10.0 + AGAIN) == ["linker"]


def test_after_a_lost_connection_all_is_looked_at_anew() -> None:
    rooms = Rooms(OWN)
    rooms.seen("qa", 0, 0.0)
    rooms.forget()
    assert not rooms.has("a")
    assert rooms.wanted(0.0) == ["qa", "qb"]
