import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from camweave.core.tracks import UNDETECTED, Tracklets
from camweave.refinement.params import RefineParams
from camweave.refinement.refine import refine

Make = Callable[..., Tracklets]
Walk = Callable[..., object]

UNFILLED = RefineParams(filling="none")


def frames_of(tracklets: Tracklets, tracklet_id: int) -> list[int]:
    m = tracklets.tracklet_id.tolist().index(tracklet_id)
    frames: list[int] = tracklets[m].frame_numbers.tolist()
    return frames


def test_a_walker_who_was_lost_behind_a_pillar_is_one_track_again(make: Make, walk: Walk) -> None:
    parts = [walk(0, 40, 100, 400, 5), walk(60, 100, 100, 400, 5)]
    done = refine(make(parts, ids=[3, 8]))
    assert done.tracklets.tracklet_id.tolist() == [3]
    (join,) = done.changes.joins
    assert (join.tracklet_id, join.with_id, join.becomes) == (3, 8, 3)
    assert join.gap == pytest.approx(2.0)
    assert join.evidence > 0


def test_who_comes_from_the_other_side_is_somebody_else(make: Make, walk: Walk) -> None:
    parts = [walk(0, 40, 300, 400, 5), walk(50, 100, 1100, 400, -5)]
    assert not refine(make(parts)).changes.joins


def test_who_walked_out_of_the_image_is_not_who_soon_walks_in(make: Make, walk: Walk) -> None:
    out = walk(0, 40, 780, 400, 5)
    back = walk(60, 100, 1280, 400, -5)
    inside = (walk(0, 40, 300, 400, 5), walk(60, 100, 800, 400, -5))
    params = RefineParams(least_evidence=-50.0)
    there = refine(make([out, back]), params).changes.joins
    here = refine(make(list(inside)), params).changes.joins
    assert there[0].evidence < here[0].evidence


def test_two_who_cross_while_nobody_sees_them_go_on_as_they_went(make: Make, walk: Walk) -> None:
    walks = [
        walk(0, 40, 200, 300, 5, 2),
        walk(0, 40, 700, 300, -5, 2),
        walk(60, 100, 200, 300, 5, 2),
        walk(60, 100, 700, 300, -5, 2),
    ]
    joins = refine(make(walks)).changes.joins
    assert {(j.tracklet_id, j.with_id) for j in joins} == {(1, 3), (2, 4)}


def test_a_walker_of_half_the_size_is_somebody_else(make: Make, walk: Walk) -> None:
    parts = [walk(0, 40, 100, 400, 5), walk(60, 100, 100, 400, 5, height=45)]
    assert not refine(make(parts)).changes.joins


def test_another_class_speaks_against_one_path(make: Make, walk: Walk) -> None:
    parts = [walk(0, 40, 100, 400, 5), walk(60, 100, 100, 400, 5, class_id=1)]
    assert not refine(make(parts), RefineParams(other_class=30.0)).changes.joins
    joined = refine(make(parts), RefineParams(other_class=0.0)).tracklets
    assert joined.class_id.tolist() == [0]  # of equally many rows the lower class


def test_a_track_that_comes_back_as_somebody_else_is_cut_there(make: Make, walk: Walk) -> None:
    one = (walk(0, 40, 100, 400, 5), walk(50, 100, 600, 380, -5, height=150))
    done = refine(make([one], ids=[7]))
    assert done.tracklets.tracklet_id.tolist() == [7, 8]
    (split,) = done.changes.splits
    assert (split.tracklet_id, split.becomes, split.why) == (7, 8, "gap")
    assert split.time == pytest.approx(5.0)


def test_a_track_that_leaps_across_the_image_is_cut_there(make: Make, walk: Walk) -> None:
    others = [walk(0, 100, 100 * k, 100 + 50 * k, 2, rough=1) for k in range(6)]
    one = (walk(0, 50, 100, 600, 2, rough=1), walk(51, 100, 2900, 600, 2, rough=1))
    done = refine(make([*others, one], width=4000))
    assert [(s.tracklet_id, s.why) for s in done.changes.splits] == [(7, "jump")]


def test_a_track_that_was_out_of_sight_for_a_moment_is_left_alone(make: Make, walk: Walk) -> None:
    tracklets = make([walk(0, 100, 100, 400, 5, hidden=(50, 55))])
    done = refine(tracklets, UNFILLED)
    assert not len(done.changes)
    np.testing.assert_array_equal(done.tracklets.xyxy, tracklets.xyxy)


def test_what_has_no_gaps_is_left_alone(make: Make, walk: Walk) -> None:
    walks = [walk(0, 100, 100, 100 + 100 * k, 5 - k) for k in range(6)]
    tracklets = make(walks)
    done = refine(tracklets)
    assert not len(done.changes)
    for name in ("tracklet_id", "class_id", "offsets", "frame", "time", "xyxy", "score"):
        np.testing.assert_array_equal(getattr(done.tracklets, name), getattr(tracklets, name))


def test_a_false_start_is_dropped_but_not_at_the_ends_of_the_recording(
    make: Make, walk: Walk
) -> None:
    walks = [walk(0, 100, 100, 100, 5), walk(0, 1, 500, 700), walk(50, 51, 800, 300)]
    done = refine(make(walks))
    assert done.tracklets.tracklet_id.tolist() == [1, 2]
    assert [(d.tracklet_id, d.rows, d.why) for d in done.changes.drops] == [(3, 2, "short")]


def test_a_short_faint_track_is_dropped_and_a_short_sure_one_is_not(make: Make, walk: Walk) -> None:
    walks = [
        walk(0, 100, 100, 100, 5),
        walk(50, 55, 500, 700, score=0.5),
        walk(50, 55, 800, 300),
    ]
    done = refine(make(walks))
    assert [(d.tracklet_id, d.why) for d in done.changes.drops] == [(2, "faint")]


def test_of_two_tracklets_on_one_object_one_is_left(make: Make, walk: Walk) -> None:
    walks = [walk(0, 100, 100, 400, 5), walk(20, 60, 103, 402, 5), walk(0, 100, 100, 100, 5)]
    done = refine(make(walks))
    assert done.tracklets.tracklet_id.tolist() == [1, 3]
    (drop,) = done.changes.drops
    assert (drop.tracklet_id, drop.rows, drop.why, drop.twin) == (2, 41, "twin", 1)


def test_a_gap_is_filled_with_rows_that_were_not_seen(make: Make, walk: Walk) -> None:
    parts = [walk(0, 40, 100, 400, 5), walk(51, 100, 100, 400, 5, score=0.7)]
    done = refine(make(parts)).tracklets
    assert frames_of(done, 1) == list(range(101))
    new = done.detection == UNDETECTED
    assert done.frame[new].tolist() == list(range(41, 51))
    np.testing.assert_allclose(done.score[new], 0.7)
    np.testing.assert_allclose(done.xyxy[new][:, 0], 80 + 5 * done.frame[new], atol=0.1)


def test_a_long_gap_is_joined_but_not_filled(make: Make, walk: Walk) -> None:
    parts = [walk(0, 40, 100, 400, 2), walk(65, 100, 100, 400, 2)]
    done = refine(make(parts), RefineParams(fill=1.0))
    assert len(done.tracklets) == 1
    assert not done.changes.fills


def test_rows_that_a_tracker_predicted_are_made_anew(make: Make, walk: Walk) -> None:
    once = refine(make([walk(0, 100, 100, 400, 5, hidden=(50, 55))])).tracklets
    assert (once.detection == UNDETECTED).sum() == 6
    again = refine(once).tracklets
    np.testing.assert_array_equal(again.frame, once.frame)
    np.testing.assert_allclose(again.xyxy, once.xyxy, atol=1e-3)


def test_nothing_becomes_nothing(make: Make) -> None:
    done = refine(make([]))
    assert len(done.tracklets) == 0
    assert not len(done.changes)


def test_changes_are_lines_of_json(make: Make, walk: Walk) -> None:
    parts = [walk(0, 40, 100, 400, 5), walk(51, 100, 100, 400, 5)]
    changes = refine(make(parts)).changes
    told = [json.loads(line) for line in changes.lines()]
    assert [each["change"] for each in told] == ["joined", "filled"]
    assert told[1] == {"change": "filled", "tracklet_id": 1, "rows": 10}
    assert changes.summary["joins"] == 1
    assert changes.summary["rows_filled"] == 10


def test_a_shaking_camera_parts_nobody(make: Make, walk: Walk) -> None:
    walks = [walk(0, 200, 100 + 120 * k, 200 + 80 * k, 1 - 0.4 * k, rough=0.5) for k in range(5)]
    walks += [walk(0, 80, 60, 650, 2, rough=0.5), walk(100, 200, 60, 650, 2, rough=0.5)]
    still = make(walks)
    sway = np.cumsum(np.random.default_rng(1).normal(0, 12, (201, 2)), axis=0)
    moved = np.tile(sway[still.frame], 2).astype(np.float32)
    shaken = replace(still, xyxy=still.xyxy + moved)
    joins = refine(shaken).changes.joins
    assert [(j.tracklet_id, j.with_id) for j in joins] == [(6, 7)]
