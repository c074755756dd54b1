"""Tracklets of many cameras summed up for the linker."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Paths
from camweave.core.tracks import Appearance, Tracklets
from camweave.linking.sightings import sightings_of


def tracklets(
    camera: str,
    spans: list[tuple[int, float, float]],
    *,
    dimension: int = 0,
    class_names: tuple[str, ...] = ("person", "car"),
) -> Tracklets:
    """Of each (id, begin, end): ten rows a second to the right at 50 px/s, and two crops."""
    times = [np.arange(begin, end + 1e-9, 0.1) for _, begin, end in spans]
    offsets = np.concatenate([[0], np.cumsum([len(t) for t in times])]).astype(np.int64)
    time = np.concatenate([*times, np.empty(0)])
    left = np.concatenate([*((t - t[0]) * 50 for t in times), np.empty(0)])
    xyxy = np.stack([left, left * 0, left + 20, left * 0 + 60], axis=1).astype(np.float32)
    look = None
    if dimension:
        rows = np.concatenate([[a, b - 1] for a, b in pairwise(offsets)])
        vector = np.zeros((len(rows), dimension), np.float32)
        vector[:, 0] = 1
        look = Appearance(
            np.arange(0, len(rows) + 1, 2), rows, vector, np.full(len(rows), 0.5, np.float32)
        )
    return Tracklets(
        camera=CameraId(camera),
        fps=10.0,
        width=640,
        height=360,
        tracklet_id=np.array([n for n, _, _ in spans], np.int64),
        class_id=np.ones(len(spans), np.int32),
        offsets=offsets,
        frame=np.round(time * 10).astype(np.int64),
        time=time,
        xyxy=xyxy,
        score=np.ones(len(time), np.float32),
        detection=np.arange(len(time)),
        class_names=class_names,
        appearance=look,
    )


def test_a_tracklet_is_summed_up_by_its_ends_and_how_it_moved_there() -> None:
    made = sightings_of([tracklets("a", [(7, 2.0, 5.0)], dimension=4)])
    assert (made.begin[0], made.end[0], made.frames[0]) == (2.0, pytest.approx(5.0), 31)
    assert made.entry[0].tolist() == [0, 0, 20, 60]
    assert made.exit[0].tolist() == pytest.approx([150, 0, 170, 60])
    assert made.entry_motion[0].tolist() == pytest.approx([50, 0], abs=1e-3)
    assert made.exit_motion[0].tolist() == pytest.approx([50, 0], abs=1e-3)
    assert made.crops.time.tolist() == pytest.approx([2.0, 5.0])


def test_the_order_of_the_cameras_does_not_matter() -> None:
    a = tracklets("a", [(1, 0.0, 1.0), (3, 2.0, 2.0)], dimension=2)
    b = tracklets("b", [(2, 0.5, 4.0)], dimension=2)
    one, other = sightings_of([a, b]), sightings_of([b, a])
    assert one.cameras == other.cameras == ("a", "b")
    assert one.camera.tolist() == [0, 0, 1]
    for field in fields(one):
        first, second = getattr(one, field.name), getattr(other, field.name)
        if isinstance(first, np.ndarray):
            np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(one.crops.time, other.crops.time)


def test_no_cameras_and_no_tracklets_give_nothing() -> None:
    assert len(sightings_of([])) == 0
    assert len(sightings_of([tracklets("a", [])])) == 0


def test_a_single_box_does_not_move() -> None:
    made = sightings_of([tracklets("a", [(1, 3.0, 3.0)])])
    assert made.entry_motion.tolist() == [[0, 0]]
    assert len(made.crops.time) == 0


def test_a_class_is_the_same_whatever_number_its_camera_gives_it() -> None:
    one = tracklets("a", [(1, 0.0, 1.0)], class_names=("person", "car"))
    other = tracklets("b", [(1, 0.0, 1.0)], class_names=("bus", "person"))
    made = sightings_of([one, other])
    assert [made.class_names[n] for n in made.class_id] == ["car", "person"]


def test_a_camera_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="camera a: its tracklets are given twice"):
        sightings_of([tracklets("a", []), tracklets("a", [])])


def test_embeddings_of_two_lengths_are_refused_with_both_cameras_named() -> None:
    short = tracklets("a", [(1, 0.0, 1.0)], dimension=4)
    long = tracklets("b", [(1, 0.0, 1.0)], dimension=8)
    with pytest.raises(InputError, match="cameras a and b: embeddings of 4 and 8 numbers"):
        sightings_of([short, long])


def test_ground_paths_go_with_their_tracklets() -> None:
    a, b = tracklets("a", [(1, 0.0, 1.0), (2, 0.0, 1.0)]), tracklets("b", [(1, 0.0, 1.0)])
    path = Paths(np.array([0, 1, 3]), np.array([0.0, 0, 1]), np.ones((3, 2)), np.ones(3))
    made = sightings_of([b, a], {CameraId("a"): path})
    assert np.diff(made.paths.offsets).tolist() == [1, 2, 0]
    with pytest.raises(InputError, match="camera b: 2 paths for 1 tracklets"):
        sightings_of([b, a], {CameraId("b"): path})
