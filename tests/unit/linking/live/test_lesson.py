"""A site is learned in steps, a few in each pass, and comes out the same each time."""

from functools import cache
from itertools import pairwise

import numpy as np
from tests.unit.linking.live.live_world import A, B, C, Visit, line, tracklets_of

from camweave.core.events import Created, Event
from camweave.core.identities import TrackletKey
from camweave.linking.live import live as module
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.renormalising import renormalise
from camweave.linking.live.replay import replay
from camweave.linking.registry.registry import Registry

VISITS = [
    Visit(camera, n, 2.0 * n + wait, 2.0 * n + wait + 3.0, look=n, noise=0.05, x=40.0 * (n % 7))
    for n in range(1, 50)
    for camera, wait in ((A, 0.0), (B, 9.0), (C, 18.0))
]


@cache
def run_backwards(*, backwards: bool) -> tuple[tuple[Event, ...], LiveLinker]:
    linker = LiveLinker(line(), live=LiveParams(learn_every=20.0))
    feeds = [Feed.of_tracklets(tracklets_of(camera, VISITS)) for camera in (A, B, C)]
    told = replay(feeds, linker, order=lambda s: s[::-1] if backwards else s)
    return told.events, linker


def test_what_is_learned_in_slices_is_the_same_in_whatever_order_cameras_speak() -> None:
    events, linker = run_backwards(backwards=False)
    again, _ = run_backwards(backwards=True)
    assert linker.learned is not None
    assert linker.gallery.normalisation is not None
    assert events == again


def test_a_lesson_takes_no_more_than_its_steps_in_a_pass() -> None:
    """With many tracklets a pass ends in the middle of a lesson, and the next one goes on."""
    linker = LiveLinker(line(), live=LiveParams(learn_every=20.0))
    feeds = [Feed.of_tracklets(tracklets_of(camera, VISITS)) for camera in (A, B, C)]
    growers = [feed.growing() for feed in feeds]
    under_way = 0
    for step in range(1, 260):
        time = step * 0.5
        for feed, growing in zip(feeds, growers, strict=True):
            growing.gather(feed.until(time))
        linker.link([growing.snapshot(time) for growing in growers], time)
        under_way += linker.learning
    assert module.WORK // len(linker.gallery.slot) < 100
    assert under_way > 0


def test_after_a_restart_the_first_passes_learn_what_was_known() -> None:
    events, before = run_backwards(backwards=False)
    state = before.state()
    told = []
    for _ in range(2):
        linker = LiveLinker(line(), registry=Registry.of(events))
        linker.restore(state)
        assert linker.learning
        assert linker.learned is None
        made = [linker.link([], state.time + 0.5 * step) for step in range(1, 60)]
        told.append([event for each in made for event in each])
        assert linker.learned is not None
    assert told[0] == told[1]


def test_a_normalisation_applied_in_slices_is_as_if_applied_at_once() -> None:
    _, linker = run_backwards(backwards=False)
    gallery = linker.gallery
    assert gallery.normalisation is not None
    steps = renormalise(gallery, gallery.normalisation)
    next(steps)
    moved = int(np.flatnonzero(gallery.tracklets["used"])[5])
    gallery.looked(np.array([moved]), gallery.look[[moved + 1]])
    for _ in steps:
        pass
    used = np.flatnonzero(gallery.tracklets["used"])
    rows, slots = gallery.sightings(used)
    seen = gallery.normalisation.apply(rows, gallery.look[slots], gallery.means)
    np.testing.assert_allclose(gallery.seen[slots], seen, atol=1e-5)
    for identity in gallery.held.tolist():
        own = np.array(gallery.members[identity])
        assert (gallery.tracklets["identity"][own] != NOBODY).all()
        look, count = gallery.summed(own)
        np.testing.assert_allclose(gallery.prototype[identity], look, atol=1e-5)
        assert gallery.identities["looks"][identity] == count


def test_after_many_lessons_nobody_is_twice_at_once_in_a_camera_and_ids_were_never_reused() -> None:
    events, linker = run_backwards(backwards=False)
    for identity in linker.registry.living:
        spans = sorted((s.key.camera, s.begin, s.end) for s in linker.registry.members(identity))
        for (one, _, end), (other, begin, _) in pairwise(spans):
            assert one != other or begin > end
    given = [event.identity for event in events if isinstance(event, Created)]
    assert given == sorted(set(given))


def test_who_went_through_three_cameras_is_one_in_the_end() -> None:
    """49 objects, three visits each: lessons mend what was decided before anything was known."""
    _, linker = run_backwards(backwards=False)
    homes = {linker.registry.identity_of(TrackletKey(c, 30)) for c in (A, B, C)}
    assert len(homes) == 1
    assert len(linker.registry.living) < 55
