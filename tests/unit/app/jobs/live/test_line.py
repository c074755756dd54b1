"""All cameras' frames through one detector and one embedder, each camera with its own tracker."""

import gc
import weakref
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest

from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.place import Look
from camweave.app.site.load import read_site
from camweave.app.site.model import Camera
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame
from camweave.detection.motion import Motion, MotionParams
from camweave.sources.synthetic.source import SyntheticSource

SITE = """
site: corner
cameras:
  - {name: west, source: "synthetic:plaza/cam_a"}
  - {name: east, source: "synthetic:plaza/cam_b"}
detector: {kind: motion}
embedder: {kind: histogram}
tracker: {kind: TRACKER}
"""
SECONDS = 3.0


def cameras(folder: Path, tracker: str = "bytetrack") -> tuple[Camera, ...]:
    file = folder / "site.yaml"
    file.write_text(SITE.replace("TRACKER", tracker))
    return read_site(file).cameras


@pytest.fixture(scope="module")
def frames() -> dict[str, list[Frame]]:
    """Both cameras' first seconds."""
    found = {}
    for name, place in (("west", "plaza/cam_a"), ("east", "plaza/cam_b")):
        with SyntheticSource.from_text(f"synthetic:{place}", camera=name) as source:
            found[name] = list(takewhile(lambda frame: frame.stamp.time < SECONDS, source))
    return found


def run(line: Line, batches: Sequence[Sequence[Frame]]) -> dict[CameraId, list[Look]]:
    seen: dict[CameraId, list[Look]] = {}
    for batch in batches:
        for look in line.look(batch):
            seen.setdefault(look.frame.stamp.camera, []).append(look)
    return seen


def rows(looks: Sequence[Look]) -> list[object]:
    return [(each.tracks.track_id.tolist(), each.tracks.xyxy.tolist()) for each in looks]


@pytest.mark.parametrize("tracker", ["bytetrack", "deepsort"])
def test_a_camera_is_followed_the_same_alone_and_beside_others(
    tmp_path: Path, frames: dict[str, list[Frame]], tracker: str
) -> None:
    both = cameras(tmp_path, tracker)
    pairs = list(zip(frames["west"], frames["east"], strict=False))
    together = run(Line(both, 10), pairs)
    assert sum(len(each.tracks) for each in together[CameraId("west")]) > 20
    for camera in both:
        own = frames[camera.name][: len(pairs)]
        alone = run(Line([camera], 10), [[frame] for frame in own])
        name = CameraId(camera.name)
        assert rows(alone[name]) == rows(together[name])


def test_a_track_is_looked_at_for_the_linker_now_and_then(
    tmp_path: Path, frames: dict[str, list[Frame]]
) -> None:
    looks = run(Line(cameras(tmp_path)[:1], 10), [[f] for f in frames["west"]])[CameraId("west")]
    seen = [each.detections.embedding for each in looks if each.detections.embedding is not None]
    lengths = np.concatenate([np.linalg.norm(each, axis=1) for each in seen])
    assert set(np.round(lengths, 3).tolist()) == {0.0, 1.0}
    share = (lengths > 0.5).sum() / sum(len(each.tracks) for each in looks)
    assert 0.05 < share < 0.6


def test_with_a_new_epoch_all_tracks_are_over_and_numbers_go_on(
    tmp_path: Path, frames: dict[str, list[Frame]]
) -> None:
    half = len(frames["west"]) // 2
    first, second = frames["west"][:half], frames["west"][half:]
    again = [Frame(_in_epoch(each, 1).stamp, each.image) for each in second]
    looks = run(Line(cameras(tmp_path)[:1], 10), [[f] for f in [*first, *again]])[CameraId("west")]
    before = {i for each in looks[:half] for i in each.tracks.track_id.tolist()}
    after = {i for each in looks[half:] for i in each.tracks.track_id.tolist()}
    assert before
    assert after
    assert min(after) > max(before)


def test_numbers_go_on_from_where_an_earlier_run_left_them(
    tmp_path: Path, frames: dict[str, list[Frame]]
) -> None:
    west = CameraId("west")
    line = Line(cameras(tmp_path)[:1], 10, after={west: 40})
    looks = run(line, [[frame] for frame in frames["west"]])[west]
    assert min(i for each in looks for i in each.tracks.track_id.tolist()) == 41


def test_cameras_that_ask_for_the_same_detector_share_it(
    tmp_path: Path, frames: dict[str, list[Frame]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    detect = Motion.detect

    def counted(self: Motion, frames: Sequence[Frame]) -> object:
        sizes.append(len(frames))
        return detect(self, frames)

    monkeypatch.setattr(Motion, "detect", counted)
    Line(cameras(tmp_path), 10).look([frames["west"][0], frames["east"][0]])
    assert sizes == [2]


def test_between_two_detections_tracks_are_predicted_and_cameras_take_turns(
    tmp_path: Path, frames: dict[str, list[Frame]]
) -> None:
    both = [
        camera.model_copy(update={"detector": replace(camera.detector, every=2)})
        for camera in cameras(tmp_path)
    ]
    pairs = list(zip(frames["west"], frames["east"], strict=False))
    looks = run(Line(both, 10), pairs)
    west, east = ([each.detected for each in looks[CameraId(c.name)]] for c in both)
    assert west == [not each for each in east]
    assert west[:4] in ([True, False, True, False], [False, True, False, True])
    shown = [len(each.tracks) for each in looks[CameraId("west")]]
    assert sum(shown[::2]) > 0
    assert sum(shown[1::2]) > 0


def test_two_frames_of_one_camera_are_not_one_tick(
    tmp_path: Path, frames: dict[str, list[Frame]]
) -> None:
    with pytest.raises(InputError, match="one frame of a camera"):
        Line(cameras(tmp_path), 10).look(frames["west"][:2])


def test_a_camera_that_comes_and_goes_leaves_the_others_alone(
    tmp_path: Path, frames: dict[str, list[Frame]]
) -> None:
    west, east = cameras(tmp_path)
    line = Line([west], 10)
    seen = run(line, [[frame] for frame in frames["west"][:10]])
    line.put(line.place(east))
    more = run(line, list(zip(frames["west"][10:20], frames["east"][10:20], strict=True)))
    line.remove(CameraId("east"))
    assert line.cameras == ("west",)
    rest = run(line, [[frame] for frame in frames["west"][20:]])
    alone = run(Line([west], 10), [[frame] for frame in frames["west"]])[CameraId("west")]
    west_looks = [*seen[CameraId("west")], *more[CameraId("west")], *rest[CameraId("west")]]
    assert rows(west_looks) == rows(alone)


def test_a_camera_that_is_put_anew_numbers_its_tracks_on(
    tmp_path: Path, frames: dict[str, list[Frame]]
) -> None:
    west, _ = cameras(tmp_path)
    line, name = Line([west], 10), CameraId("west")
    numbers: list[set[int]] = []
    for _ in range(3):
        looks = run(line, [[frame] for frame in frames["west"]])[name]
        numbers.append({n for look in looks for n in look.tracks.track_id.tolist()})
        if len(numbers) == 2:
            line.remove(name)  # and back again
        line.put(line.place(west))
    assert min(numbers[1]) > max(numbers[0])
    assert min(numbers[2]) > max(numbers[1])


def test_models_are_let_go_when_no_camera_uses_them(tmp_path: Path) -> None:
    west, east = cameras(tmp_path)
    east = east.model_copy(update={"detector": MotionParams(width=200)})
    line = Line([west, east], 10)
    gone, kept = (weakref.ref(line.place(each).detector) for each in (east, west))
    line.remove(CameraId("east"))
    line.tidy()
    gc.collect()
    assert gone() is None
    assert kept() is not None


def _in_epoch(frame: Frame, epoch: int) -> Frame:
    return Frame(replace(frame.stamp, epoch=epoch), frame.image)
