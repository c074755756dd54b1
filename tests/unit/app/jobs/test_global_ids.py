"""Global ids in a camera's rows: one per identity, and none of the rows is lost."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.jobs.global_ids import global_ids, shown
from camweave.core.frame import CameraId
from camweave.core.identities import Identities
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNLINKED, Tracklets
from camweave.linking.sightings import sightings_of

A, B = CameraId("a"), CameraId("b")


def tracklets(camera: CameraId, *spans: tuple[int, int, float]) -> Tracklets:
    """One tracklet from each first to each last frame (10 a second), with this score."""
    counts = [last - first + 1 for first, last, _ in spans]
    frame = np.concatenate([np.arange(first, last + 1) for first, last, _ in spans])
    k = len(frame)
    box = np.array([[1, 2, 3, 4]], np.float32)
    return Tracklets(
        camera=camera,
        fps=10,
        width=64,
        height=48,
        tracklet_id=np.arange(1, len(spans) + 1),
        class_id=np.arange(len(spans), dtype=np.int32),
        offsets=np.concatenate([[0], np.cumsum(counts)]),
        frame=frame,
        time=frame / 10,
        xyxy=np.repeat(box, k, axis=0),
        score=np.repeat(np.array([score for _, _, score in spans], np.float32), counts),
        detection=np.arange(k),
    )


def identities(sightings: Sightings, *numbers: int) -> Identities:
    return Identities(
        sightings.cameras, sightings.camera, sightings.tracklet_id, np.array(numbers, np.int64)
    )


def rows_of(table: Tracklets) -> list[tuple[int, int]]:
    return list(zip(table.row_ids.tolist(), table.frame.tolist(), strict=True))


def test_tracklets_of_one_identity_become_one() -> None:
    site = tracklets(A, (0, 2, 0.9), (5, 6, 0.9)), tracklets(B, (9, 9, 0.9))
    sightings = sightings_of(site)
    ids = global_ids(sightings, identities(sightings, 7, 7, 7))
    a, b = (shown(each, ids) for each in site)
    assert (a.tracklet_id.tolist(), b.tracklet_id.tolist()) == ([7], [7])
    assert a.frame.tolist() == [0, 1, 2, 5, 6]


def test_the_unlinked_keep_ids_of_their_own_after_all_others_in_order_of_time() -> None:
    site = tracklets(A, (5, 6, 0.9), (0, 2, 0.9)), tracklets(B, (3, 3, 0.9))
    sightings = sightings_of(site)
    ids = global_ids(sightings, identities(sightings, UNLINKED, 2, UNLINKED))
    assert shown(site[0], ids).tracklet_id.tolist() == [2, 4]
    assert shown(site[1], ids).tracklet_id.tolist() == [3]


def test_in_a_shared_frame_the_surer_box_is_the_identitys() -> None:
    site = (tracklets(A, (0, 3, 0.5), (3, 5, 0.8)),)
    sightings = sightings_of(site)
    table = shown(site[0], global_ids(sightings, identities(sightings, 1, 1)))
    assert [row for row in rows_of(table) if row[0] == 1] == [(1, frame) for frame in range(6)]
    (other,) = [row for row in rows_of(table) if row[0] != 1]
    assert other == (2, 3)
    assert table.score[table.row_ids == 1][3] == np.float32(0.8)


def test_an_identity_has_the_class_that_most_of_it_was_given() -> None:
    site = (tracklets(A, (0, 1, 0.9), (2, 9, 0.9)),)
    sightings = sightings_of(site)
    table = shown(site[0], global_ids(sightings, identities(sightings, 1, 1)))
    assert table.class_id.tolist() == [1]


def test_nothing_is_shown_of_nobody() -> None:
    site = (tracklets(A, (0, 1, 0.9)),)
    nobody = Tracklets(
        camera=B, fps=10, width=1, height=1,
        tracklet_id=np.empty(0, np.int64), class_id=np.empty(0, np.int32),
        offsets=np.zeros(1, np.int64), frame=np.empty(0, np.int64), time=np.empty(0),
        xyxy=np.empty((0, 4), np.float32), score=np.empty(0, np.float32),
        detection=np.empty(0, np.int64),
    )  # fmt: skip
    sightings = sightings_of([*site, nobody])
    assert len(shown(nobody, global_ids(sightings, identities(sightings, 1)))) == 0


spans = st.tuples(st.integers(0, 9), st.integers(0, 6), st.floats(0.1, 1)).map(
    lambda s: (s[0], s[0] + s[1], s[2])
)


@given(st.data(), st.lists(spans, min_size=1, max_size=6), st.lists(spans, min_size=1, max_size=3))
def test_no_row_is_lost_and_no_id_stands_twice_in_a_frame(
    data: st.DataObject,
    in_a: list[tuple[int, int, float]],
    in_b: list[tuple[int, int, float]],
) -> None:
    site = tracklets(A, *in_a), tracklets(B, *in_b)
    sightings = sightings_of(site)
    numbers = st.lists(
        st.sampled_from([-1, 1, 2]), min_size=len(sightings), max_size=len(sightings)
    )
    ids = global_ids(sightings, identities(sightings, *data.draw(numbers)))
    for before in site:
        table = shown(before, ids)
        assert sorted(table.detection.tolist()) == list(range(len(before.frame)))
        assert len(set(rows_of(table))) == len(table.frame)
        assert (np.diff(table.tracklet_id) > 0).all()
