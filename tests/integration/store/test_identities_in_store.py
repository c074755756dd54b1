"""The tables of identities tell what the registry does: they are the fold of the same events."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.unit.linking.registry_world import because, key, minted, seen
from tests.unit.linking.test_registry_laws import PARAMS, RegistryMachine

from camweave.app.jobs.live.recalling import known_events, standing_events
from camweave.core.errors import InputError, OutputError
from camweave.core.events import Created, Event
from camweave.core.tracks import GlobalId
from camweave.linking.registry.registry import Registry
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, RunId


class StoredMachine(RegistryMachine):
    """All that can happen to a registry, written to a store as it happens."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.site = f"site {len(self.store.runs())}"
        self.run = self.store.begin_run(self.site, "run")

    def happened(self, events: tuple[Event, ...]) -> None:
        super().happened(events)
        self.store.write(Batch(run=self.run, events=events))

    def teardown(self) -> None:
        self.living_are_told()
        for identity in range(1, self.registry.next_id):
            assert self.store.resolve(self.site, identity) == self.registry.resolve(identity)
        again = Registry.of(self.store.events(self.site), PARAMS)
        assert again.snapshot() == self.registry.snapshot()

    def living_are_told(self) -> None:
        told = {each.identity: each for each in self.store.identities(self.site)}
        registry = self.registry
        for identity in registry.living:
            assert told[identity].status == registry.status(identity)
            assert set(registry.aliases(identity)) <= set(told[identity].aliases)
            visits = self.store.journey(self.site, identity)
            known = {(v.camera, v.tracklet_id): (v.began, v.ended, v.growing) for v in visits}
            for span in registry.members(identity):
                assert known[span.key] == span[1:]
                assert self.store.journey(self.site, identity) == visits
        assert self.store.corrections(self.site) == registry.corrections


class ForgetfulMachine(StoredMachine):
    """The same, and some of what happened never reaches the store, until that is made up for."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def happened(self, events: tuple[Event, ...]) -> None:
        self.times += 1
        if self.times % 4 == 0:
            RegistryMachine.happened(self, events)
            self.make_up()
        elif self.times % 4 == 1:
            super().happened(events)
        else:
            RegistryMachine.happened(self, events)

    def make_up(self) -> None:
        registry = self.registry
        known = (*known_events(registry), *standing_events(registry))
        self.store.make_up(self.run, registry.snapshot(), known)

    def teardown(self) -> None:
        self.make_up()
        self.living_are_told()
        closed = {each.identity for each in self.store.identities(self.site) if each.closed}
        assert closed.isdisjoint(self.registry.living)
        kept = self.store.snapshot(self.site)
        if kept is not None:
            after = self.store.events(self.site, kept["seq"])
            again = Registry.of(after, PARAMS, kept)
            assert again.snapshot() == self.registry.snapshot()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as made:
        yield made


def test_whatever_happens_to_a_registry_its_store_tells_the_same(store: Store) -> None:
    StoredMachine.store = store
    run_state_machine_as_test(
        StoredMachine, settings=settings(max_examples=6, stateful_step_count=25, deadline=None)
    )


def test_what_was_never_told_is_made_up_for(store: Store) -> None:
    ForgetfulMachine.store = store
    run_state_machine_as_test(
        ForgetfulMachine, settings=settings(max_examples=6, stateful_step_count=25, deadline=None)
    )


def test_links_hold_until_something_else_is_known(store: Store) -> None:
    registry = Registry()
    run = store.begin_run("site", "run")

    def write(events: tuple[Event, ...]) -> None:
        store.write(Batch(run=run, events=events))

    first = registry.mint([seen("a1", 0, 1), seen("b2", 3, 4)], 5, [because("a1", "b2")])
    write(first)
    other = registry.mint([seen("c3", 6, 7)], 8)
    write(other)
    write(registry.link(minted(first), seen("b4", 8, 9), 9, because("b2", "b4", 2.0)))
    assert store.links("site", 1) == (because("a1", "b2"), because("b2", "b4", 2.0))
    write(registry.link(minted(first), seen("b4", 8, 9), 9, because("a1", "b4", 5.0)))
    assert (
        store.links("site", 1)
        == registry.links(1)
        == (
            because("a1", "b2"),
            because("a1", "b4", 5.0),
        )
    )
    write(registry.merge(minted(first), minted(other), 10, link=because("b2", "c3", 9.0)))
    assert store.links("site", 2) == registry.links(1)  # asked by its alias
    assert len(registry.links(1)) == 3
    write(registry.split(1, [key("b2"), key("c3")], 11))
    for identity in registry.living:
        assert store.links("site", identity) == registry.links(identity)
    one, other_one = registry.living
    write(registry.merge(one, other_one, 12))  # they are one again, and not for the same reasons
    assert set(store.links("site", 1)) == set(registry.links(1))


def test_events_are_told_again_in_pages_and_from_anywhere(store: Store) -> None:
    run = store.begin_run("site", "run")
    events = tuple(Created(seq=n, time=n / 7, identity=GlobalId(n)) for n in range(1, 2500))
    assert store.write(Batch(run=run, events=events)).events == len(events)
    assert tuple(store.events("site")) == events
    assert tuple(store.events("site", 2000)) == events[2000:]
    assert tuple(store.events("nowhere")) == ()
    assert store.last_event("site") == len(events)


def created(*ids: int) -> tuple[Event, ...]:
    """Events whose numbers are the identities that they give out."""
    return tuple(Created(seq=n, time=float(n), identity=GlobalId(n)) for n in ids)


def test_events_that_are_told_again_are_there_once(store: Store) -> None:
    run = store.begin_run("site", "run")
    assert store.write(Batch(run=run, events=created(1, 2))).events == 2
    assert store.write(Batch(run=run, events=created(1, 2))).events == 0
    assert store.write(Batch(run=run, events=created(2, 3))).events == 1
    assert tuple(store.events("site")) == created(1, 2, 3)


@pytest.mark.parametrize("events", [created(4), created(2, 4), created(3, 2)])
def test_events_that_do_not_follow_are_refused(store: Store, events: tuple[Event, ...]) -> None:
    run = store.begin_run("site", "run")
    store.write(Batch(run=run, events=created(1, 2)))
    with pytest.raises(InputError, match="expected event 3 here"):
        store.write(Batch(run=run, events=events))
    assert store.last_event("site") == 2


def test_a_second_linker_of_a_site_is_told_so_before_it_spoils_anything(store: Store) -> None:
    run = store.begin_run("site", "run")
    store.write(Batch(run=run, events=created(1, 2)))
    other = Created(seq=2, time=99.0, identity=GlobalId(2))
    with pytest.raises(OutputError, match="two linkers write to this site"):
        store.write(Batch(run=run, events=(other, *created(3))))
    assert tuple(store.events("site")) == created(1, 2)


def test_sites_do_not_know_each_others_identities(store: Store) -> None:
    for site in ("east", "west"):
        run = store.begin_run(site, "run")
        span = seen("a1", 0, 1 if site == "east" else 2)
        store.write(Batch(run=run, events=Registry().mint([span], 5)))
    assert [visit.ended for visit in store.journey("east", 1)] == [1.0]
    assert [visit.ended for visit in store.journey("west", 1)] == [2.0]


def test_a_registry_goes_on_from_a_snapshot_that_was_kept(store: Store) -> None:
    run: RunId = store.begin_run("site", "run")
    registry = Registry()
    store.write(Batch(run=run, events=registry.mint([seen("a1", 0, 1)], 2)))
    assert store.snapshot("site") is None
    store.keep_snapshot("site", registry.snapshot())
    store.write(Batch(run=run, events=registry.mint([seen("b1", 2, 3)], 4)))
    kept = store.snapshot("site")
    assert kept is not None
    again = Registry.of(store.events("site", kept["seq"]), snapshot=kept)
    assert again.snapshot() == registry.snapshot()
    with pytest.raises(InputError, match="the latest is"):
        store.keep_snapshot("site", {**registry.snapshot(), "seq": 1000})
