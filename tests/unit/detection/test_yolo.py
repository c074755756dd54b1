"""A network as a detector: the picture in, objects out, whatever the model's shape."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from camweave.core.arrays import F32
from camweave.core.detections import Detections
from camweave.core.errors import InputError, ModelError
from camweave.core.frame import Frame
from camweave.detection.inspection import describe
from camweave.detection.yolo import Yolo, YoloParams

RED, GREEN, BLUE = (0, 0, 255), (0, 255, 0), (255, 0, 0)
MakeModel = Callable[..., str]
MakeFrame = Callable[..., Frame]


def sorted_boxes(found: Detections) -> list[list[float]]:
    return sorted(found.xyxy.round(3).tolist())


@pytest.mark.parametrize(("layout", "red"), [("yolox", 2), ("yolov8", 0)])
def test_a_bright_spot_is_found_where_it_is_and_in_its_colour(
    seeing_model: MakeModel, make_frame: MakeFrame, layout: str, red: int
) -> None:
    yolo = Yolo(YoloParams(model=seeing_model(layout), score=0.6))
    assert yolo.network.layout.name == layout
    frame = make_frame(spot=((16, 40, 24, 48), RED))
    found = yolo.detect([frame])[0]
    assert found.stamp == frame.stamp
    assert set(found.class_id.tolist()) == {red}, "YOLOX is fed BGR, the others RGB"
    assert [16, 40, 24, 48] in sorted_boxes(found)
    np.testing.assert_allclose(found.score, 1, rtol=1e-5)


@pytest.mark.parametrize(("layout", "top"), [("yolox", 64), ("yolov8", 32)])
def test_a_wide_frame_is_letterboxed_and_the_box_comes_back(
    seeing_model: MakeModel, make_frame: MakeFrame, layout: str, top: int
) -> None:
    # 256x128 is a quarter of itself on the canvas, where a cell is 32 px of the frame wide.
    yolo = Yolo(YoloParams(model=seeing_model(layout), score=0.9, nms=1.0))
    (found,) = yolo.detect([make_frame((256, 128), spot=((32, top, 64, top + 32), GREEN))])
    assert [32, top, 64, top + 32] in sorted_boxes(found)
    assert len(found) == 3, "one cell of each stride sees it"


@pytest.mark.parametrize("batch", [1, 3, "batch"])
@pytest.mark.parametrize("rows_first", [False, True])
def test_each_frame_of_many_gets_its_own_objects_in_order(
    seeing_model: MakeModel, make_frame: MakeFrame, *, batch: int | str, rows_first: bool
) -> None:
    model = seeing_model("yolov8", batch=batch, rows_first=rows_first)
    yolo = Yolo(YoloParams(model=model, score=0.9, batch=2, threads=2))
    frames = [
        make_frame(index=k, spot=((8 * k % 64, 0, 8 * k % 64 + 8, 8), RED)) for k in range(11)
    ]
    for frame, found in zip(frames, yolo.detect(frames), strict=True):
        left = 8 * frame.stamp.index % 64
        assert found.stamp == frame.stamp
        assert [left, 0, left + 8, 8] in sorted_boxes(found)


def test_opencv_keeps_its_threads_when_the_frames_are_done(
    seeing_model: MakeModel, make_frame: MakeFrame
) -> None:
    usual = cv2.getNumThreads()
    yolo = Yolo(YoloParams(model=seeing_model("yolov8"), threads=2))
    stream = yolo.detect_each(make_frame(index=k) for k in range(100))
    other = yolo.detect_each(make_frame(index=k) for k in range(100))
    next(stream)
    assert cv2.getNumThreads() == 1
    next(other)
    stream.close()  # type: ignore[attr-defined]  # it is a generator
    assert cv2.getNumThreads() == 1
    other.close()  # type: ignore[attr-defined]  # it is a generator
    assert cv2.getNumThreads() == usual


def test_no_frames_are_no_trouble(seeing_model: MakeModel) -> None:
    yolo = Yolo(YoloParams(model=seeing_model("yolov8")))
    assert yolo.detect([]) == []
    assert list(yolo.detect_each([])) == []


@pytest.mark.parametrize("threads", [1, 3])
def test_a_stream_gives_what_a_batch_gives(
    seeing_model: MakeModel, make_frame: MakeFrame, threads: int
) -> None:
    yolo = Yolo(YoloParams(model=seeing_model("yolox"), score=0.6, threads=threads))
    frames = [
        make_frame((48, 64), index=k, spot=((k, 2 * k, k + 9, 2 * k + 9), BLUE)) for k in range(21)
    ]
    streamed = list(yolo.detect_each(iter(frames)))
    assert [frame.stamp.index for frame, _ in streamed] == list(range(21))
    for (_, one), other in zip(streamed, yolo.detect(frames), strict=True):
        np.testing.assert_array_equal(one.xyxy, other.xyxy)
        np.testing.assert_array_equal(one.score, other.score)


def test_a_stream_that_breaks_gives_what_came_before(
    seeing_model: MakeModel, make_frame: MakeFrame
) -> None:
    def frames() -> Iterator[Frame]:
        yield from (make_frame(index=k) for k in range(8))
        raise InputError("the file is cut")

    got = []
    with pytest.raises(InputError, match="the file is cut"):  # noqa: PT012 - what came before it counts
        for frame, _ in Yolo(YoloParams(model=seeing_model("yolov8"), threads=2)).detect_each(
            frames()
        ):
            got.append(frame.stamp.index)
    assert got == list(range(8))


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (3000, 2000)])
def test_frames_of_any_size_are_looked_at(
    seeing_model: MakeModel, make_frame: MakeFrame, size: tuple[int, int]
) -> None:
    yolo = Yolo(YoloParams(model=seeing_model("yolov8"), score=0.6))
    width, height = size
    (found,) = yolo.detect([make_frame(size, all=((0, 0, width, height), RED))])
    assert len(found) > 0
    assert np.all(found.xyxy[:, :2] >= 0)
    assert np.all(found.xyxy[:, 2:] <= [width, height])
    assert np.all(found.xyxy[:, 2:] > found.xyxy[:, :2])


def end_to_end(*rows: list[float], count: int = 300) -> dict[str, npt.NDArray[np.float32]]:
    table = np.zeros((1, count, 6), np.float32)
    for k, row in enumerate(rows):
        table[0, k] = row
    return {"output0": table}


CAR, TRUCK, PERSON, BICYCLE = 2, 7, 0, 1


def yolov8_output(*boxes: tuple[F32, float, int]) -> dict[str, npt.NDArray[np.float32]]:
    """A YOLOv8 output for a 96 px canvas with these (cx, cy, w, h), score, class among COCO's."""
    columns = np.zeros((1, 84, 144 + 36 + 9), np.float32)
    for k, (cxcywh, score, class_id) in enumerate(boxes):
        columns[0, :4, k], columns[0, 4 + class_id, k] = cxcywh, score
    return {"output0": columns}


def box(*cxcywh: float) -> F32:
    return np.array(cxcywh, np.float32)


def found_by(model: str, frame: Frame, **params: object) -> Detections:
    return Yolo(replace(YoloParams(model=model), **params)).detect([frame])[0]  # type: ignore[arg-type]  # any of its fields


WIDE = (1, 3, 96, 96)


def test_a_doubled_car_and_truck_is_one_object(
    fixed_model: MakeModel, make_frame: MakeFrame
) -> None:
    boxes = (box(30, 30, 20, 10), 0.6, CAR), (box(31, 30, 20, 11), 0.7, TRUCK)
    found = found_by(fixed_model(yolov8_output(*boxes), image=WIDE), make_frame((96, 96)))
    assert found.class_id.tolist() == [TRUCK]


def test_a_person_on_a_bicycle_is_two_objects(
    fixed_model: MakeModel, make_frame: MakeFrame
) -> None:
    boxes = (box(30, 25, 10, 30), 0.9, PERSON), (box(30, 28, 10, 28), 0.8, BICYCLE)
    found = found_by(fixed_model(yolov8_output(*boxes), image=WIDE), make_frame((96, 96)))
    assert found.class_id.tolist() == [PERSON, BICYCLE]


def test_a_car_that_is_more_of_a_truck_is_still_found_by_who_wants_cars(
    fixed_model: MakeModel, make_frame: MakeFrame
) -> None:
    boxes = (box(30, 30, 20, 10), 0.6, CAR), (box(31, 30, 20, 11), 0.7, TRUCK)
    model = fixed_model(yolov8_output(*boxes), image=WIDE)
    assert found_by(model, make_frame((96, 96)), classes=("car",)).class_id.tolist() == [CAR]


def test_a_model_without_suppression_of_its_own_is_suppressed(
    fixed_model: MakeModel, make_frame: MakeFrame
) -> None:
    boxes = (box(30, 30, 20, 20), 0.6, PERSON), (box(32, 30, 20, 20), 0.7, PERSON)
    model = fixed_model(yolov8_output(*boxes), image=WIDE)
    np.testing.assert_allclose(found_by(model, make_frame((96, 96))).score, [0.7])
    assert len(found_by(model, make_frame((96, 96)), nms=0.85)) == 2


def test_a_model_that_has_suppressed_is_left_alone_but_for_twins(
    fixed_model: MakeModel, make_frame: MakeFrame
) -> None:
    rows = [[10, 10, 30, 30, 0.9, 0], [12, 10, 32, 30, 0.8, 0], [10, 10, 30, 30.5, 0.7, 1]]
    found = found_by(fixed_model(end_to_end(*rows)), make_frame())
    np.testing.assert_allclose(found.score, [0.9, 0.8])


def test_boxes_that_are_no_boxes_are_dropped(fixed_model: MakeModel, make_frame: MakeFrame) -> None:
    rows = [
        [np.nan, 0, 10, 10, 0.9, 0],
        [0, 0, np.inf, 10, 0.9, 0],
        [20, 20, 10, 10, 0.9, 0],
        [70, 70, 90, 90, 0.9, 0],
        [1, 2, 3, 4, np.nan, 0],
        [1, 2, 3, 4, 0.9, 80],
        [1, 2, 3, 4, 0.9, -1],
        [5, 6, 70, 80, 1.5, 3],
    ]
    found = found_by(fixed_model(end_to_end(*rows)), make_frame())
    assert found.xyxy.tolist() == [[5, 6, 64, 64]]
    assert found.score.tolist() == [1]


def test_faint_objects_are_left_out_by_score(fixed_model: MakeModel, make_frame: MakeFrame) -> None:
    model = fixed_model(end_to_end([1, 2, 30, 40, 0.5, 0], [5, 6, 7, 8, 0.05, 0]))
    assert len(found_by(model, make_frame())) == 1
    assert len(found_by(model, make_frame(), score=0.0)) == 2


def test_rtdetr_is_told_the_size_of_the_canvas(
    fixed_model: MakeModel, make_frame: MakeFrame
) -> None:
    outputs = {
        "labels": np.array([[2]]),
        "boxes": np.array([[[32, 16, 64, 32]]], np.float32),
        "scores": np.array([[0.9]], np.float32),
    }
    int64 = 7
    model = fixed_model(outputs, more={"orig_target_sizes": (int64, (1, 2))})
    found = found_by(model, make_frame((640, 320)))
    assert found.xyxy.tolist() == [[320, 80, 640, 160]], "stretched, not letterboxed"


def test_an_input_that_nobody_knows_how_to_feed_is_refused(fixed_model: MakeModel) -> None:
    model = fixed_model(end_to_end(), more={"im_shape": (1, (1, 2))})
    with pytest.raises(ModelError, match=r"im_shape.*is not known"):
        Yolo(YoloParams(model=model))


def test_a_model_that_takes_no_picture_is_no_detector(fixed_model: MakeModel) -> None:
    with pytest.raises(ModelError, match="takes no colour image"):
        Yolo(YoloParams(model=fixed_model(end_to_end(), image=(1, 128))))


def test_half_precision_and_bytes_are_fed_as_the_model_wants_them(
    fixed_model: MakeModel, make_frame: MakeFrame
) -> None:
    float16, uint8, int64 = 10, 2, 7
    for kind in (float16, uint8):
        model = fixed_model(end_to_end([1, 2, 30, 40, 0.5, 0]), dtype=kind)
        assert len(found_by(model, make_frame())) == 1
    with pytest.raises(ModelError, match="takes images as int64"):
        Yolo(YoloParams(model=fixed_model(end_to_end(), dtype=int64)))


def test_a_free_canvas_is_of_the_stated_size_or_the_one_asked_for(fixed_model: MakeModel) -> None:
    free = (1, 3, "height", "width")
    stated = fixed_model(end_to_end(), image=free, metadata={"imgsz": "[192, 320]"})
    assert describe(stated).canvas == (320, 192)
    network = Yolo(YoloParams(model=stated, size=96)).network
    assert (network.width, network.height) == (96, 96)
    assert describe(fixed_model(end_to_end(), image=free)).canvas == (640, 640)
    with pytest.raises(InputError, match="multiple of 32"):
        Yolo(YoloParams(model=stated, size=100))


def test_a_model_is_described(seeing_model: MakeModel) -> None:
    told = describe(seeing_model("yolox"))
    assert told.layout == "yolox"
    assert "84 rows are the cells" in told.why
    assert told.canvas == (64, 64)
    assert told.class_names == ("class_0", "class_1", "class_2")
    assert not told.names_stated
    assert told.preprocessing == "letterbox, top left; BGR 0 to 255"
    assert told.inputs == ("images float32 (1, 3, 64, 64)",)
    assert told.backend.startswith("ONNX Runtime")


def test_an_unknown_class_is_refused_before_anything_runs(seeing_model: MakeModel) -> None:
    with pytest.raises(InputError, match="no class 'person'"):
        Yolo(YoloParams(model=seeing_model("yolox"), classes=("person",)))


@pytest.mark.parametrize(
    "wrong",
    [{"score": 1.0}, {"score": -0.1}, {"nms": 0.0}, {"nms": 1.1}, {"threads": -1}, {"batch": 0}],
)
def test_knobs_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="yolo: "):
        YoloParams(model="m.onnx", **wrong)  # type: ignore[arg-type]  # that is the point


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such file"):
        Yolo(YoloParams(model=str(tmp_path / "absent.onnx")))
