"""What a run showed, against a world of which all is known."""

from pathlib import Path

import numpy as np
import pytest

from camweave.app.jobs.demo.known_world import KnownWorld, known_of
from camweave.app.jobs.demo.scoring import scored
from camweave.app.jobs.demo.shown import EVERY, Shown
from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.place import Look
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED, Tracks
from camweave.formats.mot import read_mot
from camweave.sources.synthetic.scenarios import make_scenario

WORLD = make_scenario("plaza", cameras=1, seconds=2.0, size=(320, 180), fps=10.0)
CAMERA = CameraId("cam_a")
IMAGE = np.zeros((180, 320, 3), np.uint8)


def frame(index: int, epoch: int = 0) -> Frame:
    return Frame(Stamp(index / 10, CAMERA, index, epoch), IMAGE)


@pytest.fixture(scope="module")
def world() -> KnownWorld:
    made = KnownWorld()
    known = list(known_of(WORLD, WORLD.cameras[0]))
    made.frames[CAMERA] = len(known)
    for index, each in enumerate(known):
        made.put(CAMERA, index, each)
    return made


def sight(world: KnownWorld, index: int, epoch: int = 0, *, known: bool = True) -> Sight:
    """A picture in which everybody is shown under the id that is theirs."""
    table = world.truth(CAMERA, np.array([index % world.frames[CAMERA]]))
    stamp = Stamp(index / 10, CAMERA, index, epoch)
    n = len(table)
    tracks = Tracks(
        stamp,
        table.object_id,
        table.xyxy,
        np.ones(n, np.float32),
        table.class_id,
        np.arange(n),
    )
    (found,) = world.detect([Frame(stamp, IMAGE)])
    ids = table.object_id if known else np.full(n, UNLINKED)
    return Sight(Look(Frame(stamp, IMAGE), found, tracks), ids)


def owner(key: TrackletKey) -> int:
    return key.tracklet_id


def test_the_truth_scores_itself_perfectly_and_can_be_scored_again_from_its_files(
    world: KnownWorld, tmp_path: Path
) -> None:
    shown = Shown()
    for index in range(world.frames[CAMERA]):
        shown.hear(sight(world, index))
    scores = scored(world, shown, owner, tmp_path)
    assert scores is not None
    assert scores.across.identity.idf1 == scores.final.identity.idf1 == 1.0
    assert scores.stability.right_share == 1.0
    assert len(read_mot(tmp_path / "shown" / "cam_a.txt")) == len(shown.table(CAMERA))


def test_who_is_pending_is_known_in_the_end_alone(world: KnownWorld, tmp_path: Path) -> None:
    shown = Shown()
    for index in range(world.frames[CAMERA]):
        shown.hear(sight(world, index, known=False))
    scores = scored(world, shown, owner, tmp_path)
    assert scores is not None
    assert scores.stability.right_share == 0.0
    assert scores.final.identity.idf1 == 1.0


def test_a_second_round_is_not_scored_and_nothing_shown_is_no_score(
    world: KnownWorld, tmp_path: Path
) -> None:
    shown = Shown()
    for index in range(2 * EVERY):
        shown.hear(sight(world, world.frames[CAMERA] + index, 1))
    assert shown.cameras == ()
    assert scored(world, shown, owner, tmp_path) is None


def test_a_detector_of_a_known_world_misses_few_and_sees_the_next_round_as_the_first(
    world: KnownWorld,
) -> None:
    index = np.arange(world.frames[CAMERA])
    (again,) = world.detect([frame(len(index) + 3, 1)])
    (first,) = world.detect([frame(3)])
    assert np.array_equal(again.xyxy, first.xyxy)
    found = sum(map(len, world.detect([frame(each) for each in index.tolist()])))
    counted = int((world.truth(CAMERA, index).score > 0).sum())
    assert 0.5 * counted < found < 1.5 * counted
    assert world.class_names[0] == "person"


def test_an_id_stands_once_in_a_picture(world: KnownWorld) -> None:
    shown, one = Shown(), sight(world, 1)
    twice = Sight(one.look, np.full(len(one.look.tracks), 7))
    for _ in range(EVERY):
        shown.hear(twice)
    ids = shown.table(CAMERA).object_id
    assert len(ids) > 1
    assert (ids == 7).sum() == 1
    assert len(np.unique(ids)) == len(ids)
