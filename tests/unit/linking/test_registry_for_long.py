"""A registry that goes on for days: how fast it folds, and that it does not grow."""

import json
import sys
import time
import tracemalloc

from camweave.core.events import Event, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.plain_events import plain_of
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry

MEMORY = 600.0


class Day:
    """Every 30 s an object comes, is seen by three cameras, and is found to be one."""

    def __init__(self) -> None:
        self.registry = Registry(RegistryParams(memory=MEMORY))
        self.events: list[Event] = []
        self.count = 0

    def live(self, begin: int, end: int, *, keep: bool = False) -> None:
        for now in range(begin, end, 30):
            made = self.step(float(now))
            if keep:
                self.events += made

    def step(self, now: float) -> list[Event]:
        registry, n = self.registry, self.count
        self.count += 1
        a, b, c = (TrackletKey(CameraId(name), n) for name in "abc")
        made = [*registry.mint([Span(a, now, now + 2, growing=True)], now)]
        made += registry.seen([Span(a, now, now + 4)], now)
        made += registry.confirm(registry.identity_of(a), now)
        made += registry.mint([Span(b, now + 5, now + 6)], now)
        made += registry.merge(registry.identity_of(a), registry.identity_of(b), now)
        link = Link(one=b, other=c, how="follows", evidence=4.0)
        made += registry.link(registry.identity_of(b), Span(c, now + 7, now + 9), now, link)
        if n % 50 == 0 and n:  # somebody who works here, all day long
            one = registry.identity_of(TrackletKey(CameraId("a"), n - 1))
            made += registry.merge(one, registry.identity_of(a), now)
        return [*made, *registry.forget(now)]


def test_memory_is_flat_over_a_day() -> None:
    """But for 16 bytes for each id that became an alias."""
    day = Day()
    day.live(0, 7_200)
    tracemalloc.start()
    day.live(7_200, 14_400)
    early = tracemalloc.get_traced_memory()[0]
    settled = len(day.registry.snapshot()["settled"][0])
    day.live(14_400, 86_400)
    late = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    more = len(day.registry.snapshot()["settled"][0]) - settled
    assert len(day.registry.living) < 30
    assert late - early < 17 * more + 100_000
    assert day.registry.resolve(2) == 1


def test_a_hundred_thousand_events_are_folded_in_less_than_2_s() -> None:
    day = Day()
    while len(day.events) < 100_000:
        day.live(30 * day.count, 30 * day.count + 3000, keep=True)
    began = time.process_time()
    again = Registry.of(day.events, day.registry.params)
    assert time.process_time() - began < 2
    assert again.snapshot() == day.registry.snapshot()


def test_an_event_is_a_short_line() -> None:
    day = Day()
    day.live(0, 1000, keep=True)
    lines = [json.dumps(plain_of(event)) for event in day.events]
    assert sum(map(sys.getsizeof, lines)) / len(lines) < 250
