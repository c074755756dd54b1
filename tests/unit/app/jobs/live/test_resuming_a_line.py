"""Another line goes on with a camera as if it were the same: results are equal, bit by bit."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.place import Look, looks_of, with_looks
from camweave.app.site.load import read_site
from camweave.app.site.model import Camera
from camweave.core.arrays import F64, U8
from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.remembered import Remembered
from camweave.detection.motion import MotionParams
from camweave.formats.detections import write_detections
from camweave.formats.remembered import packed, unpacked

FPS: Final = 10.0
FRAMES: Final = 60
NEW_EPOCH: Final = 40  # frame
WEST, EAST = CameraId("west"), CameraId("east")

SITE = """
site: corner
cameras:
  - {name: west, source: "synthetic:plaza/cam_a", detector: {kind: recorded, path: west.npz EVERY}}
  - {name: east, source: "synthetic:plaza/cam_b", detector: {kind: recorded, path: east.npz EVERY}}
detector: {kind: motion}
embedder: {kind: histogram}
"""
LINES: Final = {
    "weave": "",
    "weave-every-third": ", every: 3",
    "weave-as-often-as-it-can": ", every: auto",
    "deepsort": "",
    "botsort-on-a-swinging-camera": "",
}
OTHER_EMBEDDER: Final = "weave-by-finer-looks"


def ground(seed: int) -> U8:
    """What an empty place looks like."""
    rough = cv2.GaussianBlur(np.random.default_rng(seed).uniform(0, 255, (180, 320, 3)), (0, 0), 3)
    return np.asarray(np.clip(128 + 60 * (rough - rough.mean()) / rough.std(), 0, 255), np.uint8)


def walk(rng: np.random.Generator) -> F64:
    """(FRAMES, 8, 4) where eight people of all sizes are who go to and fro."""
    size = rng.uniform([12, 30], [24, 60], (8, 2))
    begin, pace = rng.uniform(0, 200, (8, 2)), rng.uniform(-0.4, 0.4, (8, 2))
    corner = [begin + 60 * np.sin(pace * index / 2) for index in range(FRAMES)]
    return np.array([np.hstack([at, at + size]) for at in corner])


def filmed(name: CameraId, boxes: F64, seed: int) -> list[Frame]:
    """The frames; they begin anew in the middle."""
    place, colours = ground(seed), np.random.default_rng(seed).integers(0, 255, (8, 3))
    frames = []
    for index, people in enumerate(boxes):
        image = place.copy()
        for (left, top, right, bottom), colour in zip(people.astype(int), colours, strict=True):
            image[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = colour
        stamp = Stamp(index / FPS, name, index, epoch=int(index >= NEW_EPOCH))
        frames.append(Frame(stamp, image))
    return frames


def found(name: CameraId, boxes: F64, rng: np.random.Generator) -> DetectionLog:
    """What a detector makes of them: some are missed, all are a little off."""
    seen = rng.random(boxes.shape[:2]) < 0.85
    frame, who = np.nonzero(seen)
    return DetectionLog(
        camera=name,
        fps=FPS,
        width=320,
        height=180,
        frame_times=np.arange(FRAMES) / FPS,
        frame=frame,
        xyxy=(boxes[seen] + rng.normal(0, 1, (len(frame), 4))).astype(np.float32),
        score=rng.uniform(0.5, 1, len(frame)).astype(np.float32),
        class_id=(who % 2).astype(np.int32),
        class_names=("person", "car"),
    )


def swung(frame: Frame) -> Frame:
    """As a camera sees it that swings from side to side."""
    return Frame(frame.stamp, np.roll(frame.image, round(25 * np.sin(frame.stamp.index / 5)), 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was found by both cameras."""
    return tmp_path_factory.mktemp("recorded")


@pytest.fixture(scope="module")
def frames(folder: Path) -> dict[CameraId, list[Frame]]:
    """Their frames, of which a detector's finds lie in the folder."""
    filming = {}
    for seed, name in enumerate((WEST, EAST)):
        rng = np.random.default_rng(seed)
        boxes = walk(rng)
        filming[name] = filmed(name, boxes, seed)
        write_detections(folder / f"{name}.npz", found(name, boxes, rng))
    return filming


def cameras(folder: Path, name: str) -> tuple[Camera, ...]:
    kind, *_ = name.split("-")
    file = folder / f"{name}.yaml"
    moving = "camera_motion: {kind: flow}\n" if "swinging" in name else ""
    told = SITE.replace(" EVERY", LINES.get(name, "")) + f"tracker: {{kind: {kind}}}\n" + moving
    if name == OTHER_EMBEDDER:
        told = told.replace("{kind: histogram}", "{kind: histogram, bands: 4}")
    file.write_text(told)
    return read_site(file).cameras


def handed_on(line: Line, camera: CameraId, to: Line) -> Line:
    known = line.remembered(camera)
    to.resume(camera, with_looks(unpacked(packed(known)), looks_of(known)))
    return to


def assert_same(ours: Look, theirs: Look) -> None:
    assert ours.detected == theirs.detected
    for one, other in ((ours.tracks, theirs.tracks), (ours.detections, theirs.detections)):
        for name in one.__dataclass_fields__:
            a, b = getattr(one, name), getattr(other, name)
            assert (a is None) == (b is None), name
            np.testing.assert_array_equal(a, b, err_msg=name)


@pytest.mark.parametrize("name", LINES)
def test_handed_on_after_every_frame_all_is_as_it_would_have_been(
    folder: Path, frames: dict[CameraId, list[Frame]], name: str
) -> None:
    west = cameras(folder, name)[:1]
    undisturbed, line, seen = Line(west, FPS), Line(west, FPS), list[Look]()
    for index, frame in enumerate(frames[WEST]):
        shown = swung(frame) if "swinging" in name else frame
        line = handed_on(line, WEST, Line(west, FPS))
        for theirs, ours in zip(undisturbed.look([shown]), line.look([shown]), strict=True):
            assert_same(ours, theirs)
            seen.append(ours)
        for one in (undisturbed, line):
            one.felt(0.02 if index < 20 else 0.25)  # a machine that has more to do later on
    assert sum(look.detections.embedding is not None for look in seen) > 10
    assert len({i for look in seen for i in look.tracks.track_id.tolist()}) > 3
    assert seen[-1].frame.stamp.epoch == 1
    assert any(not look.detected for look in seen) == ("every" in name or "often" in name)
    moved = [look.detections.camera_motion for look in seen]
    assert any(m is not None and abs(m[0, 2]) > 1 for m in moved) == ("swinging" in name)


@settings(max_examples=5)
@given(cut=st.integers(0, FRAMES - 1))
def test_cut_at_any_frame_a_line_goes_on_in_another_one(
    folder: Path, frames: dict[CameraId, list[Frame]], cut: int
) -> None:
    both = cameras(folder, "weave")
    undisturbed, before, after = Line(both, FPS), Line(both, FPS), Line(both[1:], FPS)
    for index, pair in enumerate(zip(frames[WEST], frames[EAST], strict=False)):
        if index == cut:  # the other one has a camera of its own
            after.put(after.place(both[0]))
            handed_on(before, WEST, after)
        theirs = {look.frame.stamp.camera: look for look in undisturbed.look(pair)}
        told = after.look(pair) if index >= cut else [*before.look(pair[:1]), *after.look(pair[1:])]
        for look in told:
            assert_same(look, theirs[look.frame.stamp.camera])


def test_numbers_go_on_where_a_camera_was_handed_on_and_begins_anew(
    folder: Path, frames: dict[CameraId, list[Frame]]
) -> None:
    west = cameras(folder, "weave")[:1]
    first = Line(west, FPS, after={WEST: 100})
    before = [look for frame in frames[WEST][:30] for look in first.look([frame])]
    second = handed_on(first, WEST, Line(west, FPS))
    second.put(second.place(west[0]))  # its parameters have changed, say
    after = [look for frame in frames[WEST][30:] for look in second.look([frame])]
    highest = max(i for look in before for i in look.tracks.track_id.tolist())
    assert min(i for look in after for i in look.tracks.track_id.tolist()) > highest > 100


def test_a_detector_that_learns_begins_anew_and_its_tracks_go_on(
    folder: Path, frames: dict[CameraId, list[Frame]]
) -> None:
    file = folder / "motion.yaml"
    file.write_text('site: a\ncameras: [{name: west, source: "synthetic:plaza/cam_a"}]\n')
    west = read_site(file).cameras
    kept = [each.model_copy(update={"detector": MotionParams()}) for each in west]
    first = Line(kept, FPS)
    before = [look for frame in frames[WEST][:30] for look in first.look([frame])]
    second = handed_on(first, WEST, Line(kept, FPS))
    after = [look for frame in frames[WEST][30:40] for look in second.look([frame])]
    assert len(after[0].detections) == 0
    ids = {i for look in before[-5:] for i in look.tracks.track_id.tolist()}
    assert ids & {i for look in after for i in look.tracks.track_id.tolist()}


def remembered_by(folder: Path, frames: Sequence[Frame], name: str) -> dict[str, Remembered]:
    line = Line(cameras(folder, name)[:1], FPS)
    for frame in frames:
        line.look([frame])
    return line.remembered(WEST)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("deepsort", "weave: cannot go on from what deepsort remembers"),
        ("weave-every-third", "every 3 ticks, here it is every 1"),
        ("botsort-on-a-swinging-camera", "camera 'west': .* camera_motion; expected"),
        (OTHER_EMBEDDER, "camera 'west': its tracks were embedded by 'histogram 4', and here by"),
    ],
)
def test_what_another_kind_of_line_remembers_is_refused_and_nothing_has_changed(
    folder: Path, frames: dict[CameraId, list[Frame]], other: str, said: str
) -> None:
    west = cameras(folder, "weave")[:1]
    line, undisturbed = Line(west, FPS), Line(west, FPS)
    for frame in frames[WEST][:20]:
        line.look([frame])
        undisturbed.look([frame])
    with pytest.raises(InputError, match=said):
        line.resume(WEST, remembered_by(folder, frames[WEST][:30], other))
    for frame in frames[WEST][20:30]:
        assert_same(line.look([frame])[0], undisturbed.look([frame])[0])


@pytest.mark.parametrize("role", ["place", "tracker", "rhythm", "between", "glances"])
def test_each_part_is_checked_before_any_has_changed(
    folder: Path, frames: dict[CameraId, list[Frame]], role: str
) -> None:
    west = cameras(folder, "weave")[:1]
    line, undisturbed = Line(west, FPS), Line(west, FPS)
    known = remembered_by(folder, frames[WEST][:30], "weave")
    for wrong in (
        {each: part for each, part in known.items() if each != role},
        {**known, role: replace(known[role], version=9)},
        {**known, role: replace(known[role], kind="other")},
        {**known, role: replace(known[role], arrays={})},
    ):
        with pytest.raises(InputError):
            line.resume(WEST, wrong)
    for frame in frames[WEST][:10]:
        assert_same(line.look([frame])[0], undisturbed.look([frame])[0])
