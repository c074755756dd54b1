"""Real weights on real pictures: what is found is what is there."""

from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.stages import Detector
from camweave.core.tracks import BoxTable
from camweave.detection.hog import Hog, HogParams
from camweave.detection.inspection import describe
from camweave.detection.motion import Motion
from camweave.detection.yolo import Yolo, YoloParams
from camweave.formats.mot import read_mot
from camweave.inference.opening import Backend, open_session
from camweave.ops.boxes import iou

pytestmark = pytest.mark.realdata

PETS = "PETS09-S2L1_View001_480x360.mp4"
TRUTH_SCALE = np.float32(0.625)  # the truth was drawn on 768 x 576


def frames_of(
    video: Path, *, fps: float = 7.0, step: int = 1, count: int | None = None
) -> list[Frame]:
    with av.open(str(video)) as container:
        frames = []
        for index, picture in enumerate(islice(container.decode(video=0), count)):
            if index % step == 0:
                stamp = Stamp(index / fps, CameraId("pets"), index)
                image = np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
                frames.append(Frame(stamp, image))
    return frames


def weights(data_dir: Path, name: str) -> str:
    path = data_dir / "weights" / name
    if not path.exists():
        pytest.skip(f"no {path}")
    pytest.importorskip("openvino" if path.is_dir() else "onnxruntime")
    return str(path)


def recall_and_precision(
    found: list[Detections], truth: BoxTable, *, least_overlap: float = 0.5
) -> tuple[float, float]:
    hits = boxes = there = 0
    for detections in found:
        true = truth.xyxy[truth.frame == detections.stamp.index] * TRUTH_SCALE
        overlap = iou(detections.xyxy, true)
        rows, columns = linear_sum_assignment(-overlap)
        hits += int(np.count_nonzero(overlap[rows, columns] >= least_overlap))
        boxes, there = boxes + len(detections), there + len(true)
    return hits / there, hits / boxes


def judged(detector: Detector, data_dir: Path, *, step: int = 10) -> tuple[float, float]:
    frames = frames_of(data_dir / "video" / PETS, step=step)
    truth = read_mot(data_dir / "mot/MOT15/PETS09-S2L1/gt/gt.txt")
    return recall_and_precision(detector.detect(frames), truth)


@pytest.mark.parametrize(
    ("model", "score", "least"),
    [
        ("yolox_nano_416x416.onnx", 0.3, (0.90, 0.72)),
        ("nanodet_m_416.onnx", 0.4, (0.87, 0.80)),
        ("yolov8n_int8_openvino", 0.3, (0.90, 0.85)),
    ],
)
def test_people_on_the_pets_clip_are_found(
    data_dir: Path, model: str, score: float, least: tuple[float, float]
) -> None:
    params = YoloParams(model=weights(data_dir, model), classes=("person",), score=score)
    recall, precision = judged(Yolo(params), data_dir)
    assert recall >= least[0]
    assert precision >= least[1]


@pytest.mark.skipif(not hasattr(cv2, "HOGDescriptor"), reason="this OpenCV has no HOG")
def test_people_are_found_without_weights(data_dir: Path) -> None:
    recall, precision = judged(Hog(HogParams(score=0.5)), data_dir, step=40)
    assert recall >= 0.65
    assert precision >= 0.8


def test_people_who_walk_on_the_pets_clip_are_seen_moving(data_dir: Path) -> None:
    frames = frames_of(data_dir / "video" / PETS, count=300)
    truth = read_mot(data_dir / "mot/MOT15/PETS09-S2L1/gt/gt.txt")
    found = Motion().detect(frames)[100:]
    recall, precision = recall_and_precision(found, truth, least_overlap=0.4)
    assert recall >= 0.4, "those who walk together are one"
    assert precision >= 0.4


@pytest.mark.parametrize(
    ("model", "layout", "names"),
    [
        ("yolox_nano_416x416.onnx", "yolox", False),
        ("nanodet_m_416.onnx", "nanodet", False),
        ("yolov8n_int8_openvino", "yolov8", True),
    ],
)
def test_the_layout_of_real_models_is_told(
    data_dir: Path, model: str, layout: str, *, names: bool
) -> None:
    told = describe(weights(data_dir, model))
    assert told.layout == layout
    assert told.names_stated == names
    assert told.class_names[:3] == ("person", "bicycle", "car")


@pytest.mark.parametrize("model", ["yolox_nano_416x416.onnx", "nanodet_m_416.onnx"])
def test_both_backends_give_the_same_numbers(data_dir: Path, model: str) -> None:
    pytest.importorskip("openvino")
    path = weights(data_dir, model)
    frame = frames_of(data_dir / "video" / PETS, count=1)[0]
    backends: tuple[Backend, Backend] = ("onnx", "openvino")
    one, other = (open_session(path, backend=backend, exact=True) for backend in backends)
    image = np.resize(frame.image.astype(np.float32), (1, 3, 416, 416))
    found, expected = (s.run({s.inputs[0].name: image}) for s in (one, other))
    assert found.keys() == expected.keys()
    for name, array in found.items():
        np.testing.assert_allclose(array, expected[name], atol=2e-3, rtol=1e-3)


def test_the_motorway_shows_its_cars_moving(data_dir: Path) -> None:
    frames = frames_of(data_dir / "video/iacv_A12_tunnelligure.mp4", fps=25.0, count=120)
    found = Motion().detect(frames)[50:]
    sure = [int(np.count_nonzero(of_frame.score > 0.8)) for of_frame in found]
    assert 1 <= np.median(sure) <= 6
