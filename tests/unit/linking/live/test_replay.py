"""A replay is the live run, event by event, and leaves what it is given as it was."""

from collections.abc import Iterator

import numpy as np
from tests.unit.linking.live.live_world import (
    DIMENSION,
    A,
    B,
    Visit,
    final,
    line,
    tracklets_of,
)

from camweave.core.detections import Detections
from camweave.core.events import Event
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracklets, Tracks
from camweave.linking.live.feed import Feed
from camweave.linking.live.growing import Growing
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.replay import Replayed, replay

VISITS = [
    Visit(A, 1, 1.0, 8.0),
    Visit(A, 2, 2.0, 9.0, look=2, x=300.0),
    Visit(B, 1, 18.0, 24.0, look=2),
    Visit(B, 2, 19.0, 25.0, x=300.0),
]
SIZE = (640, 480)


def frames_of(tracklets: Tracklets) -> Iterator[tuple[Detections, Tracks]]:
    """As a tracker gives them, frame by frame; every detection is embedded or zero."""
    look = tracklets.appearance
    assert look is not None
    embedding = np.zeros((len(tracklets.time), DIMENSION), np.float32)
    embedding[look.row] = look.embedding
    for index in np.unique(tracklets.frame).tolist():
        rows = np.flatnonzero(tracklets.frame == index)
        stamp = Stamp(float(tracklets.time[rows[0]]), tracklets.camera, index)
        boxes, score = tracklets.xyxy[rows], tracklets.score[rows]
        kinds = np.zeros(len(rows), np.int32)
        found = Detections(stamp, boxes, score, kinds, embedding[rows])
        numbers = tracklets.row_ids[rows]
        yield found, Tracks(stamp, numbers, boxes, score, kinds, np.arange(len(rows)))


def live_run(linker: LiveLinker, cameras: list[CameraId]) -> list[Event]:
    """Frames as they come, from all cameras in turn; linked whenever the clock passes a mark."""
    growers = {camera: Growing(camera, SIZE) for camera in cameras}
    frames = [pair for c in cameras for pair in frames_of(tracklets_of(c, VISITS))]
    frames.sort(key=lambda pair: pair[1].stamp.time)
    events: list[Event] = []
    step = int(frames[0][1].stamp.time // linker.live.interval) + 1
    for detections, tracks in frames:
        while tracks.stamp.time >= step * linker.live.interval:
            time = step * linker.live.interval
            events += linker.link([g.snapshot(time) for g in growers.values()], time)
            step += 1
        growers[tracks.stamp.camera].add(detections, tracks)
    time = step * linker.live.interval
    return [*events, *linker.link([g.snapshot(time, over=True) for g in growers.values()], time)]


def test_a_replay_gives_the_events_of_the_live_run() -> None:
    feeds = [Feed.of_frames(c, frames_of(tracklets_of(c, VISITS)), SIZE) for c in (A, B)]
    replayed = replay(feeds, LiveLinker(line()))
    assert list(replayed.events) == live_run(LiveLinker(line()), [B, A])
    who = final(replayed)
    assert who[A, 1] == who[B, 2]
    assert who[A, 2] == who[B, 1]


def test_what_is_given_is_left_as_it_was() -> None:
    site = [tracklets_of(camera, VISITS) for camera in (A, B)]
    again = [tracklets_of(camera, VISITS) for camera in (A, B)]
    replay([Feed.of_tracklets(each) for each in site], LiveLinker(line()))
    for one, other in zip(site, again, strict=True):
        for name in ("tracklet_id", "time", "xyxy", "score", "offsets"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert one.appearance is not None
        assert other.appearance is not None
        np.testing.assert_array_equal(one.appearance.embedding, other.appearance.embedding)


def test_a_row_is_shown_as_what_was_known_when_it_came() -> None:
    feeds = [Feed.of_tracklets(tracklets_of(A, VISITS))]
    shown = replay(feeds, LiveLinker(line())).cameras[A]
    own = shown.track_id == 1
    known = shown.time[own][shown.shown[own] != -1]
    assert known.min() > VISITS[0].begin
    assert known.min() < VISITS[0].begin + 3.0
    assert (shown.final[own] == shown.final[own][0]).all()


def test_a_replay_goes_on_to_the_end_of_the_recording_though_nobody_is_seen() -> None:
    """What a live run does, whose cameras go on: there is more to judge anew, and nothing lost."""

    def told(until: float) -> Replayed:
        feeds = [Feed.of_tracklets(tracklets_of(c, VISITS)) for c in (A, B)]
        linker = LiveLinker(line(), live=LiveParams(memory=10.0))
        return replay(feeds, linker, until=until)

    short, long = told(0.0), told(90.0)
    assert final(short) == final(long)
    assert long.events[: len(short.events) - 2] == short.events[:-2]
    assert max(event.time for event in long.events) > 30.0 > max(e.time for e in short.events)
