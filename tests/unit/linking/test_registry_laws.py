"""The registry beside three others: a plain fold of its events, a restored one, a naive reader."""

import json
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.unit.linking.registry_world import is_lawful

from camweave.core.corrections import MustLink, constraints_of
from camweave.core.errors import InputError
from camweave.core.events import (
    Closed,
    Created,
    Event,
    Forgotten,
    Linked,
    Merged,
    Moved,
    Span,
    Split,
)
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.plain_events import event_of, plain_of
from camweave.core.tracks import UNLINKED
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry

anybody = precondition(lambda self: self.registry.living)  # there is somebody to do it to
PARAMS = RegistryParams(memory=40.0)
Memory = tuple[dict[TrackletKey, int], dict[int, int]]


class Reader:
    """What a consumer of the events knows, by the simplest means."""

    def __init__(self) -> None:
        self.home: dict[TrackletKey, int] = {}
        self.alias: dict[int, int] = {}
        self.given: list[int] = []

    def read(self, event: Event) -> None:  # noqa: C901 - one case per kind of event
        match event:
            case Created():
                self.given.append(event.identity)
            case Linked():
                self.home[event.span.key] = event.identity
            case Merged():
                self.home.update(dict.fromkeys(event.tracklets, event.identity))
                self.alias[event.alias] = event.identity
            case Split():
                self.home.update(dict.fromkeys(event.tracklets, event.into))
                if event.fresh:
                    self.given.append(event.into)
                else:
                    del self.alias[event.into]
                self.alias.update(dict.fromkeys(event.aliases, event.into))
            case Moved():
                self.home.update({move.key: move.into for move in event.moves})
            case Forgotten():
                for key in event.tracklets:
                    del self.home[key]
            case Closed():
                self.home = {k: i for k, i in self.home.items() if i != event.identity}
            case _:
                pass

    def resolve(self, identity: int) -> int:
        steps = 0
        while identity in self.alias:
            identity, steps = self.alias[identity], steps + 1
            assert steps < 1000, "aliases in a circle"
        return identity


class RegistryMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.registry, self.folded = Registry(PARAMS), Registry(PARAMS)
        self.reader = Reader()
        self.now, self.count = 0.0, 0
        self.met = False  # a camera saw two of one identity at once: that overrules people

    def happened(self, events: tuple[Event, ...]) -> None:
        for event in events:
            through_json = event_of(json.loads(json.dumps(plain_of(event))))
            self.folded = Registry.of([through_json], PARAMS, snapshot=self.folded.snapshot())
            self.reader.read(event)
            self.met |= isinstance(event, Split) and event.reason.startswith("seen twice")

    def span(self, data: st.DataObject) -> Span:
        self.count += 1
        begin = self.now - data.draw(st.integers(0, 6))
        key = TrackletKey(CameraId(data.draw(st.sampled_from("abc"))), self.count)
        end = begin + data.draw(st.integers(0, 5))
        return Span(key, begin, end, data.draw(st.integers(0, 4)) == 0)

    def known(self) -> list[Span]:
        return [span for each in self.registry.living for span in self.registry.members(each)]

    def an_identity(self, data: st.DataObject) -> int:
        """By any id that stands for it."""
        ids = range(1, self.registry.next_id)
        living = [i for i in ids if self.registry.status(i) != "closed"]
        return data.draw(st.sampled_from(living))

    def some_of(self, data: st.DataObject, identity: int) -> list[TrackletKey]:
        members = self.registry.members(identity)
        return [span.key for span in members if data.draw(st.booleans())]

    def memory(self) -> Memory:
        ids = range(1, self.registry.next_id)
        return (
            {span.key: self.registry.identity_of(span.key) for span in self.known()},
            {identity: self.registry.resolve(identity) for identity in ids},
        )

    @rule(step=st.integers(0, 5))
    def time_goes_on(self, step: int) -> None:
        self.now += step

    @rule(data=st.data())
    def mint(self, data: st.DataObject) -> None:
        self.happened(self.registry.mint([self.span(data)], self.now))

    @anybody
    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        identity, span = self.an_identity(data), self.span(data)
        one = data.draw(st.sampled_from(self.registry.members(identity))).key
        link = Link(one=one, other=span.key, how="follows", evidence=3.0)
        if self.registry.why_not_link(span, identity) is None:
            self.happened(self.registry.link(identity, span, self.now, link))

    @anybody
    @rule(data=st.data(), longer=st.integers(0, 4), growing=st.booleans())
    def see(self, data: st.DataObject, longer: int, growing: bool) -> None:
        span = data.draw(st.sampled_from(self.known()))
        told = span._replace(end=span.end + longer, growing=growing)
        self.happened(self.registry.seen([told], self.now))

    @anybody
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        self.happened(self.registry.confirm(self.an_identity(data), self.now))

    @anybody
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        one, other = self.an_identity(data), self.an_identity(data)
        roots = sorted({self.registry.resolve(one), self.registry.resolve(other)})
        confirmed = [root for root in roots if self.registry.status(root) == "confirmed"]
        if self.registry.why_not_merge(one, other) is None:
            self.happened(self.registry.merge(one, other, self.now))
            assert self.registry.resolve(one) == (confirmed or roots)[0]

    @anybody
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        identity = self.an_identity(data)
        self.attempt(lambda: self.registry.split(identity, self.some_of(data, identity), self.now))

    @rule(data=st.data(), count=st.integers(1, 5), fresh=st.integers(0, 2))
    def carry_over(self, data: st.DataObject, count: int, fresh: int) -> None:
        spans = [span for span in self.known() if data.draw(st.booleans())]
        parts: list[list[Span]] = [[] for _ in range(count)]
        for span in [*spans, *(self.span(data) for _ in range(fresh))]:
            data.draw(st.sampled_from(parts)).append(span)
        self.happened(self.registry.carry_over(parts, self.now))

    @rule()
    def forget(self) -> None:
        self.happened(self.registry.forget(self.now))

    @anybody
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        self.happened(self.registry.close(self.an_identity(data), self.now))

    @anybody
    @rule(data=st.data(), undone=st.booleans())
    def merge_by_hand(self, data: st.DataObject, undone: bool) -> None:
        one, other = self.an_identity(data), self.an_identity(data)
        self.correct(lambda: self.registry.merge_by_hand(one, other, self.now), undone=undone)

    @anybody
    @rule(data=st.data(), undone=st.booleans())
    def split_by_hand(self, data: st.DataObject, undone: bool) -> None:
        identity = self.an_identity(data)
        leaving = self.some_of(data, identity)
        self.correct(
            lambda: self.registry.split_by_hand(identity, leaving, self.now), undone=undone
        )

    @anybody
    @rule(data=st.data(), together=st.booleans(), undone=st.booleans())
    def lock(self, data: st.DataObject, together: bool, undone: bool) -> None:
        one, other = (data.draw(st.sampled_from(self.known())).key for _ in range(2))
        self.correct(
            lambda: self.registry.lock(one, other, self.now, together=together), undone=undone
        )

    @precondition(lambda self: self.registry.corrections)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.registry.corrections)))
        self.happened(self.registry.undo(self.now, number))

    def attempt(self, operation: Callable[[], tuple[Event, ...]]) -> bool:
        before = self.registry.snapshot()
        try:
            self.happened(operation())
        except InputError:
            assert self.registry.snapshot() == before
            return False
        return True

    def correct(self, operation: Callable[[], tuple[Event, ...]], *, undone: bool) -> None:
        """An undo right after it gives back exactly what was."""
        before = self.memory()
        if self.attempt(operation) and undone:
            self.happened(self.registry.undo(self.now))
            homes, stands_for = self.memory()
            assert homes == before[0]
            assert {i: stands_for[i] for i in before[1]} == before[1]

    @invariant()
    def the_state_is_the_fold_of_the_events(self) -> None:
        assert self.folded.snapshot() == self.registry.snapshot()

    @invariant()
    def nobody_is_two_at_once_and_what_people_said_holds(self) -> None:
        assert is_lawful(self.registry)

    @invariant()
    def who_is_held_together_is_together(self) -> None:
        for pair in constraints_of(self.registry.corrections.values()):
            homes = {self.registry.identity_of(key) for key in (pair.one, pair.other)}
            if isinstance(pair, MustLink) and not self.met:
                assert len(homes - {UNLINKED}) <= 1

    @invariant()
    def no_id_is_given_out_twice(self) -> None:
        assert self.reader.given == list(range(1, self.registry.next_id))

    @invariant()
    def events_tell_all_that_changes(self) -> None:
        homes, stands_for = self.memory()
        assert self.reader.home == homes
        assert {i: self.reader.resolve(i) for i in stands_for} == stands_for
        assert UNLINKED not in homes.values()


RegistryMachine.TestCase.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
TestRegistryLaws = RegistryMachine.TestCase
