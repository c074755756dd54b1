"""What people are told of who was where, beside the registry that decides it."""

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant
from tests.unit.linking.registry_world import because, key, minted, seen
from tests.unit.linking.test_registry_laws import RegistryMachine

from camweave.app.jobs.live.book import STRANGERS, Book
from camweave.core.events import Event, Forgotten
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import TrackId
from camweave.linking.registry.registry import Registry


class BookMachine(RegistryMachine):
    """Whatever happens to the registry happens to the book, too."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.forgotten: set[TrackletKey] = set()

    def happened(self, events: tuple[Event, ...]) -> None:
        super().happened(events)
        self.book.hear(events)
        self.forgotten |= {
            k for each in events if isinstance(each, Forgotten) for k in each.tracklets
        }

    @invariant()
    def the_book_tells_what_the_registry_knows(self) -> None:
        for identity in self.registry.living:
            entry = self.book.entry(identity)
            known = {span.key: span for span in self.registry.members(identity)}
            kept = {k: span for k, span in entry.stays.items() if k not in self.forgotten}
            assert kept == known
            assert entry.status == self.registry.status(identity)

    @invariant()
    def an_alias_is_looked_up_as_who_it_stands_for(self) -> None:
        for identity in range(1, self.registry.next_id):
            if self.registry.status(identity) != "closed":
                assert self.book.resolve(identity) == self.registry.resolve(identity)


BookMachine.TestCase.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)
TestBookLaws = BookMachine.TestCase

A, B = CameraId("a"), CameraId("b")


def written(*, kept: int = 10) -> tuple[Registry, Book]:
    """One car goes from a to b and back, another is seen in b alone."""
    registry, book = Registry(), Book(kept)
    first = minted(events := registry.mint([seen("a1", 0, 5)], 1))
    book.hear(events)
    book.hear(registry.confirm(first, 2))
    book.hear(registry.link(first, seen("b1", 9, 12), 10, because("a1", "b1")))
    book.hear(registry.link(first, seen("a2", 20, 25, growing=True), 21, because("b1", "a2")))
    other = minted(events := registry.mint([seen("b2", 3, 4)], 5))
    book.hear(events)
    book.hear(registry.confirm(other, 6))
    for name in ("a1", "b1", "a2"):
        book.label(key(name), "car", 0.9)
    book.label(key("b1"), "truck", 0.5)
    book.label(key("b2"), "truck", 0.9)
    return registry, book


def test_a_card_says_where_somebody_was_and_is() -> None:
    _, book = written()
    card = book.card(1)
    assert (card.first, card.last, card.cameras, card.here) == (0, 25, (A, B), (A,))
    assert (card.label, card.stays, card.status) == ("car", 3, "confirmed")


def test_who_was_seen_last_comes_first() -> None:
    assert written()[1].newest() == [1, 2]


def test_an_object_seen_by_two_cameras_is_counted_once() -> None:
    counts = written()[1].counts((A, B))
    assert counts.labels == ("car", "truck")
    assert counts.in_all == (1, 1)
    assert counts.in_camera == ((1, 0), (1, 1))
    assert counts.journeys == ((0, 1), (1, 0))


def test_who_is_long_closed_is_counted_still_but_looked_up_no_more() -> None:
    registry, book = written(kept=0)
    before = book.counts((A, B))
    book.hear(registry.close(2, 30))
    assert book.counts((A, B)) == before
    with pytest.raises(KeyError):
        book.card(2)


def test_who_was_never_confirmed_is_not_counted_when_it_is_over() -> None:
    registry, book = Registry(), Book()
    book.hear(registry.mint([seen("a1", 0, 1)], 1))
    book.hear(registry.close(1, 30))
    assert book.counts((A,)).in_all == ()
    assert book.newest() == []


def test_the_labels_of_noise_are_not_kept_for_ever() -> None:
    registry, book = Registry(), Book()
    book.label(key("a1"), "car", 0.9)
    book.hear(registry.mint([seen("a1", 0, 1)], 1))
    for number in range(2, 3 * STRANGERS):
        book.label(TrackletKey(A, TrackId(number)), "noise", 0.5)
    assert book.label_of([key("a1")]) == "car"
    assert book.label_of([TrackletKey(A, TrackId(2))]) == "object"
    assert book.label_of([TrackletKey(A, TrackId(3 * STRANGERS - 1))]) == "noise"


def test_who_is_found_to_be_the_same_is_one_and_keeps_both_ways() -> None:
    registry, book = written()
    book.hear(registry.merge(1, 2, 30))
    assert book.card(2).global_id == 1
    assert book.card(1).aliases == (2,)
    assert book.counts((A, B)).in_all == (1,)
