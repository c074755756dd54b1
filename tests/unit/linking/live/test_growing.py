"""A growing tracklet is summed up as a finished one is, in bounded memory."""

import numpy as np
from tests.unit.linking.live.live_world import A, Visit, look, tracklets_of

from camweave.core.detections import Detections
from camweave.core.frame import Stamp
from camweave.core.tracks import Tracks
from camweave.linking.live.feed import Feed, cut, join
from camweave.linking.live.growing import Growing
from camweave.linking.live.life import GrowingParams
from camweave.linking.sightings import sightings_of

VISITS = [Visit(A, 1, 1.0, 9.0), Visit(A, 2, 3.0, 3.4, look=2), Visit(A, 5, 4.0, 12.0, look=3)]
COLUMNS = (
    "tracklet_id", "class_id", "begin", "end", "frames", "entry", "exit", "entry_motion",
    "exit_motion",
)  # fmt: skip


def test_what_grew_step_by_step_is_what_the_finished_recording_says() -> None:
    tracklets = tracklets_of(A, VISITS)
    feed = Feed.of_tracklets(tracklets)
    growing = feed.growing(params=GrowingParams(patience=100.0))
    for step in range(30):
        growing.gather(feed.until(step * 0.5))
    grown = growing.snapshot(15.0).sightings
    finished = sightings_of([tracklets])
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(grown, name), getattr(finished, name), name)
    assert grown.class_names == finished.class_names


def test_an_ended_tracklet_is_handed_over_once() -> None:
    feed = Feed.of_tracklets(tracklets_of(A, VISITS))
    growing = feed.growing(params=GrowingParams(patience=2.0))
    growing.gather(feed.until(8.0))
    told = [growing.snapshot(time) for time in (5.0, 8.0, 8.5)]
    assert [s.sightings.tracklet_id[s.ended].tolist() for s in told] == [[], [2], []]
    assert [s.sightings.tracklet_id.tolist() for s in told] == [[1, 2, 5], [1, 2, 5], [1, 5]]
    over = growing.snapshot(9.0, over=True)
    assert over.ended.all()
    assert not len(growing.snapshot(9.5).sightings)


def test_frames_bring_the_embeddings_that_their_detections_carry() -> None:
    growing = Growing(A, (640, 480), after=10)
    stamp = Stamp(1.0, A, 0)
    boxes = np.array([[100, 100, 160, 260], [300, 100, 360, 260]], np.float32)
    embedding = np.stack([look(1), np.zeros_like(look(1))])
    kinds, score = np.array([0, 2], np.int32), np.array([0.9, 0.8], np.float32)
    detections = Detections(stamp, boxes, score, kinds, embedding)
    tracks = Tracks(stamp, np.array([2, 1]), boxes[::-1].copy(), score, kinds, np.array([1, 0]))
    growing.add(detections, tracks)
    s = growing.snapshot(2.0).sightings
    assert s.tracklet_id.tolist() == [11, 12]
    assert s.class_id.tolist() == [2, 0]
    assert np.diff(s.crops.offsets).tolist() == [1, 0]
    np.testing.assert_array_equal(s.crops.embedding[0], look(1))


def test_a_tracklet_that_never_ends_takes_no_more_room() -> None:
    params = GrowingParams(crops=4, places=5)
    ground = lambda xyxy: (xyxy[:, :2].astype(np.float64), np.ones(len(xyxy)))
    feed = Feed.of_tracklets(tracklets_of(A, [Visit(A, 1, 0.0, 200.0, noise=0.1)]))
    growing = feed.growing(ground, params)
    growing.gather(feed.until(300.0))
    s = growing.snapshot(200.1).sightings
    assert len(s.crops.time) == 4
    assert len(s.paths.time) == 5
    assert s.paths.time[0] > 198.0


def test_the_best_crops_are_kept() -> None:
    tracklets = tracklets_of(A, [Visit(A, 1, 0.0, 20.0)])
    feed = Feed.of_tracklets(tracklets)
    rows = feed.until(30.0)
    quality = np.linspace(0.1, 1.0, len(rows.crop)).astype(np.float32)
    rows = type(rows)(
        **{n: getattr(rows, n) for n in rows.__dataclass_fields__ if n != "quality"},
        quality=quality,
    )
    growing = Growing(A)
    growing.gather(rows)
    kept = growing.snapshot(20.0).sightings.crops.quality
    assert len(kept) == 10
    assert kept.min() > np.sort(quality)[-25]


def test_rows_cut_and_joined_are_the_same_rows() -> None:
    rows = Feed.of_tracklets(tracklets_of(A, VISITS)).until(30.0)
    again = join([cut(rows, 0, 7), cut(rows, 7, 8), cut(rows, 8, len(rows))])
    for name in rows.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(again, name), getattr(rows, name))
