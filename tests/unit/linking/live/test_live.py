"""Who is who, live: one id whatever the instants, kept for good, and never two at once."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.linking.live.live_world import A, B, C, Visit, final, line, run, tracklets_of

from camweave.core.errors import InputError
from camweave.core.events import Linked, Merged, Split
from camweave.core.identities import TrackletKey
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.replay import replay
from camweave.linking.params import LinkParams
from camweave.linking.registry.registry import Registry


@pytest.mark.parametrize("interval", [0.1, 0.5, 0.7, 2.0, 5.0])
@pytest.mark.parametrize("shift", [0.0, 0.13])
def test_who_leaves_one_camera_and_enters_the_next_in_time_keeps_its_id(
    interval: float, shift: float
) -> None:
    visits = [
        Visit(A, 1, 1.0 + shift, 10.0 + shift),
        Visit(B, 1, 20.0 + shift, 28.0 + shift),
    ]
    who = final(run(visits, line(8.0, 12.0), LiveParams(interval=interval))[0])
    assert who[A, 1] == who[B, 1] != UNLINKED


def test_who_looks_like_nobody_before_is_somebody_new() -> None:
    who = final(run([Visit(A, 1, 1.0, 10.0, look=1), Visit(B, 1, 20.0, 28.0, look=2)])[0])
    assert who[A, 1] != who[B, 1]
    assert UNLINKED not in who.values()


def test_who_is_seen_too_briefly_makes_no_identity() -> None:
    who = final(run([Visit(A, 1, 1.0, 1.2)])[0])
    assert who[A, 1] == UNLINKED


def test_a_camera_that_loses_somebody_for_a_moment_finds_it_again() -> None:
    replayed, _ = run([Visit(A, 1, 1.0, 8.0), Visit(A, 2, 9.0, 15.0)])
    who = final(replayed)
    assert who[A, 1] == who[A, 2]
    (link,) = [e.link for e in replayed.events if isinstance(e, Linked) and e.link is not None]
    assert link.how == "fragment"
    assert link.similarity == pytest.approx(1.0, abs=0.2)


def test_two_in_view_at_once_are_never_one() -> None:
    twins = [Visit(A, 1, 1.0, 12.0), Visit(A, 2, 3.0, 14.0, x=300.0)]
    after = [Visit(B, 1, 22.0, 30.0), Visit(B, 2, 23.0, 31.0, x=300.0)]
    who = final(run([*twins, *after])[0])
    assert who[A, 1] != who[A, 2]
    assert who[B, 1] != who[B, 2]


def test_a_track_that_comes_back_beside_its_successor_is_parted_from_it() -> None:
    whole = tracklets_of(A, [Visit(A, 1, 1.0, 14.0), Visit(A, 2, 6.0, 14.0)])
    seen = np.ones(len(whole.time), np.bool_)
    seen[(whole.row_ids == 1) & (whole.time > 5.0) & (whole.time < 7.5)] = False
    keep = np.flatnonzero(seen)
    place = np.cumsum(seen) - 1
    assert whole.appearance is not None
    crops = np.flatnonzero(seen[whole.appearance.row])
    counts = np.bincount(whole.row_ids[keep])[1:]
    cut = np.bincount(whole.row_ids[whole.appearance.row[crops]])[1:]
    broken = replace(
        whole,
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        frame=whole.frame[keep],
        time=whole.time[keep],
        xyxy=whole.xyxy[keep],
        score=whole.score[keep],
        detection=whole.detection[keep],
        appearance=replace(
            whole.appearance,
            offsets=np.concatenate([[0], np.cumsum(cut)]).astype(np.int64),
            row=place[whole.appearance.row[crops]],
            embedding=whole.appearance.embedding[crops],
            quality=whole.appearance.quality[crops],
        ),
    )
    linker = LiveLinker(line(), live=LiveParams(sure=1.0))
    replayed = replay([Feed.of_tracklets(broken)], linker)
    who = final(replayed)
    assert any(isinstance(e, Split) for e in replayed.events)
    assert who[A, 1] != who[A, 2]


def test_look_alikes_that_could_be_either_stay_apart() -> None:
    """Two alike leave together and two alike come together: a wrong link is worse than none."""
    twins = [Visit(A, 1, 1.0, 9.0), Visit(A, 2, 1.0, 9.0, x=300.0)]
    after = [Visit(B, 1, 19.0, 27.0), Visit(B, 2, 19.0, 27.0, x=300.0)]
    who = final(run([*twins, *after], live=LiveParams(margin=3.0))[0])
    assert len(set(who.values())) == 4


def test_snapshots_may_come_in_any_order() -> None:
    visits = [
        Visit(A, 1, 1.0, 10.0),
        Visit(A, 2, 2.0, 9.0, look=2, x=300.0),
        Visit(B, 1, 18.0, 25.0, look=2),
        Visit(B, 2, 20.0, 28.0, x=300.0),
        Visit(C, 1, 38.0, 45.0),
    ]

    def feeds() -> list[Feed]:
        return [Feed.of_tracklets(tracklets_of(c, visits)) for c in (A, B, C)]

    told = [
        replay(feeds(), LiveLinker(line()), order=order)
        for order in (list, lambda s: s[::-1], lambda s: [s[1], s[2], s[0]])
    ]
    assert told[0].events == told[1].events == told[2].events
    assert replay(feeds()[::-1], LiveLinker(line())).events == told[0].events


def test_rates_of_cameras_make_no_difference() -> None:
    """Cameras at 8 and 30 frames/s, and one of 21: seconds count, not frames."""
    visits = [Visit(A, 1, 1.0, 10.0), Visit(B, 1, 20.0, 28.0), Visit(C, 1, 38.0, 45.0)]
    feeds = [
        Feed.of_tracklets(tracklets_of(camera, visits, fps))
        for camera, fps in ((A, 8.0), (B, 30.0), (C, 21.0))
    ]
    who = final(replay(feeds, LiveLinker(line(8.0, 12.0))))
    assert who[A, 1] == who[B, 1] == who[C, 1]


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(
            st.sampled_from((A, B, C)), st.floats(0, 60), st.floats(1, 15), st.integers(0, 4)
        ),
        min_size=1,
        max_size=8,
    ),
    st.floats(1, 15),
)
def test_the_end_of_a_track_changes_no_id_that_is_shown(
    spans: list[tuple[str, float, float, int]], when: float
) -> None:
    """Whatever starts and ends: a shown id changes by a merge or a split, and by nothing else."""
    visits = [
        Visit(camera, number, begin, begin + lasts, look=who)  # type: ignore[arg-type]  # ids
        for number, (camera, begin, lasts, who) in enumerate(spans, 1)
    ]
    replayed, linker = run([*visits, Visit(A, 99, when, when + 3.0, look=9)])
    changes = sum(isinstance(e, Merged | Split) for e in replayed.events)
    for shown in replayed.cameras.values():
        for number in np.unique(shown.track_id):
            ids = shown.shown[shown.track_id == number]
            known = ids[ids != UNLINKED]
            assert np.count_nonzero(np.diff(known)) <= changes
            assert UNLINKED not in ids[np.argmax(ids != UNLINKED) :] or not len(known)
    assert_lawful(linker)


def assert_lawful(linker: LiveLinker) -> None:
    """No identity holds two tracklets that one camera saw at the same time."""
    for identity in linker.registry.living:
        spans = sorted((s.key.camera, s.begin, s.end) for s in linker.registry.members(identity))
        for (one, _, end), (other, begin, _) in pairwise(spans):
            assert one != other or begin > end


def test_corrections_outlive_every_later_pass() -> None:
    visits = [Visit(A, 1, 1.0, 10.0), Visit(B, 1, 18.0, 60.0), Visit(C, 1, 70.0, 80.0, look=5)]
    linker = LiveLinker(line())
    one, other = TrackletKey(A, 1), TrackletKey(B, 1)
    feeds = [Feed.of_tracklets(tracklets_of(camera, visits)) for camera in (A, B, C)]
    growers = [feed.growing() for feed in feeds]
    for step in range(1, 180):
        time = step * 0.5
        for feed, growing in zip(feeds, growers, strict=True):
            growing.gather(feed.until(time))
        linker.link([growing.snapshot(time) for growing in growers], time)
        if time == 30.0:
            home = linker.registry.identity_of(one)
            assert home == linker.registry.identity_of(other)
            linker.registry.split_by_hand(home, [other], time)
    assert linker.registry.identity_of(one) != linker.registry.identity_of(other)
    assert linker.shown(B) == {} or linker.shown(B)[1] == linker.registry.identity_of(other)


def test_no_tracks_give_no_events_and_odd_input_one_line() -> None:
    assert replay([], LiveLinker(line())).events == ()
    empty = Feed.of_tracklets(tracklets_of(A, []))
    assert replay([empty], LiveLinker(line())).events == ()
    stranger = Feed.of_tracklets(tracklets_of(A, [Visit(A, 1, 1.0, 5.0)]))
    with pytest.raises(InputError, match="camera 'a' is not in the topology"):
        replay([stranger], LiveLinker(Topology(cameras=(B, C))))
    linker = LiveLinker(line())
    linker.link([], 1.0)
    with pytest.raises(InputError, match="time must rise"):
        linker.link([], 1.0)


def test_one_camera_is_a_site_too() -> None:
    who = final(run([Visit(A, 1, 1.0, 9.0)], Topology(cameras=(A,)))[0])
    assert who[A, 1] == 1


def test_the_same_id_is_found_after_a_restart_in_between() -> None:
    before = [Visit(A, 1, 1.0, 10.0, look=3)]
    first = LiveLinker(line(8.0, 12.0))
    told = replay([Feed.of_tracklets(tracklets_of(A, before))], first)
    state = first.state()
    again = LiveLinker(line(8.0, 12.0), registry=Registry.of(told.events))
    again.restore(state)
    assert state.after(A) == 1
    after = [Visit(B, 1, 20.0, 28.0, look=3)]
    later = replay([Feed.of_tracklets(tracklets_of(B, after))], again)
    assert final(later)[B, 1] == final(told)[A, 1]


def test_what_topology_rules_out_is_not_remembered() -> None:
    visits = [Visit(A, n, 70.0 * n, 70.0 * n + 3.0, look=n) for n in range(1, 4)]
    _, wide = run(visits, line(5.0, 20.0), LiveParams(interval=2.0))
    _, strict = run(visits, line(5.0, 20.0, strict=True), LiveParams(interval=2.0))
    assert len(wide.gallery.held) == 3
    assert len(strict.gallery.held) == 1


def test_ways_are_learned_only_where_that_is_on_and_looks_in_any_case() -> None:
    visits = [
        Visit(camera, n, 4.0 * n + wait, 4.0 * n + wait + 3.0, look=n)
        for n in range(1, 22)
        for camera, wait in ((A, 0.0), (B, 8.0), (C, 16.0))
    ]
    passages = {}
    for learn in ("on", "shadow", "off"):
        linker = run(visits, live=LiveParams(interval=1.0), params=LinkParams(learn=learn))[1]
        assert linker.learned is not None
        assert linker.learned.curve.learned
        passages[learn] = float(linker.learned.transits.samples.sum())
    assert passages["on"] > 20
    assert passages["shadow"] == passages["off"] == 0


def test_what_a_person_says_is_shown_before_the_next_linking() -> None:
    feed = Feed.of_tracklets(tracklets_of(A, [Visit(A, 1, 1.0, 3.0), Visit(A, 2, 4.0, 9.0)]))
    growing, linker = feed.growing(), LiveLinker(line())
    for step in range(1, 12):
        growing.gather(feed.until(step * 0.5))
        linker.link([growing.snapshot(step * 0.5)], step * 0.5)
    home, lost = linker.shown(A)[2], TrackletKey(A, 1)
    assert linker.registry.identity_of(lost) == home
    events = linker.correct(
        lambda registry, time: registry.split_by_hand(home, [TrackletKey(A, 2)], time)
    )
    assert any(isinstance(event, Split) for event in events)
    assert linker.shown(A)[2] == linker.registry.identity_of(TrackletKey(A, 2))
    assert linker.shown(A)[2] != linker.registry.identity_of(lost)
    with pytest.raises(InputError, match="nothing was linked yet"):
        LiveLinker(line()).correct(lambda registry, time: registry.close(1, time))


def test_memory_is_flat_however_long_it_runs() -> None:
    live = LiveParams(interval=1.0, memory=30.0, most=50)
    linker = LiveLinker(line(), live=live)
    slots = []
    for hour in range(4):
        visits = [
            Visit(A, 100 * hour + n, 100.0 * hour + 8.0 * n, 100.0 * hour + 8.0 * n + 5.0, look=n)
            for n in range(1, 13)
        ]
        feed = Feed.of_tracklets(tracklets_of(A, visits))
        replay([feed], linker)
        slots.append((len(linker.gallery.tracklets), len(linker.gallery.slot)))
    assert slots[1] == slots[-1]
    assert len(linker.registry.living) <= 60
