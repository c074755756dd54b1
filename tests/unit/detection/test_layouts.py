"""Each layout, decoded from arrays made by hand, and told from shapes and names."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from camweave.core.arrays import F32
from camweave.core.errors import ModelError
from camweave.detection.layouts.layout import Candidates, Layout, Seen, grid, sigmoid
from camweave.detection.layouts.recognise import LAYOUT_NAMES, recognise

SIZE = 64
CELLS = 64 + 16 + 4  # of strides 8, 16, 32
HERE = 8 * 2 + 3  # the cell of stride 8 in row 2, column 3


def seen(
    outputs: Mapping[str, npt.NDArray[Any]],
    *,
    names: tuple[str, ...] = (),
    inputs: tuple[str, ...] = (),
    metadata: Mapping[str, str] | None = None,
) -> Seen:
    return Seen(
        model="m.onnx",
        width=SIZE,
        height=SIZE,
        inputs=inputs,
        outputs=outputs,
        class_names=names,
        metadata=metadata or {},
    )


def zeros(*shape: int) -> F32:
    return np.zeros(shape, np.float32)


def the_one(found: Candidates, xyxy: list[float], score: float, class_id: int) -> None:
    """There is one candidate, and it is this."""
    np.testing.assert_allclose(found.xyxy, [xyxy], atol=1e-4)
    np.testing.assert_allclose(found.score, [score], rtol=1e-5)
    assert found.class_id.tolist() == [class_id]
    assert found.xyxy.dtype == found.score.dtype == np.float32
    assert found.class_id.dtype == np.int32


def nothing(layout: Layout, outputs: Mapping[str, npt.NDArray[Any]]) -> None:
    """Above every score there is nothing, and that is no trouble."""
    found = layout.decode(outputs, 0, 0.999)
    assert found.xyxy.shape == (0, 4)
    assert found.score.shape == found.class_id.shape == (0,)


def test_yolox_counts_from_its_cell() -> None:
    raw = zeros(1, CELLS, 5 + 3)
    raw[0, HERE] = [0.25, 0.75, np.log(2), np.log(4), 0.9, 0.1, 0.8, 0.3]
    layout = recognise(seen({"output": raw}))
    assert (layout.name, layout.class_count, layout.suppressed) == ("yolox", 3, False)
    x, y = (3 + 0.25) * 8, (2 + 0.75) * 8
    the_one(layout.decode({"output": raw}, 0, 0.1), [x - 8, y - 16, x + 8, y + 16], 0.72, 1)
    nothing(layout, {"output": raw})


def test_yolox_counts_from_the_cells_of_every_stride() -> None:
    raw = zeros(1, CELLS, 6)
    raw[0, :, 4:] = 1
    found = recognise(seen({"output": raw})).decode({"output": raw}, 0, 0.5)
    corner, stride = grid(SIZE, SIZE, (8, 16, 32))
    np.testing.assert_allclose((found.xyxy[:, :2] + found.xyxy[:, 2:]) / 2, corner * stride)
    np.testing.assert_allclose(found.xyxy[:, 2:] - found.xyxy[:, :2], np.repeat(stride, 2, axis=1))


def test_yolox_that_counts_in_pixels_is_told_by_where_its_boxes_are() -> None:
    corner, stride = grid(SIZE, SIZE, (8, 16, 32))
    raw = zeros(1, CELLS, 7)
    raw[0, :, :4] = np.concatenate(((corner + 0.5) * stride, stride, stride), axis=1)
    raw[0, HERE, 4:] = [0.5, 0.2, 0.8]
    layout = recognise(seen({"output": raw}))
    assert layout.name == "yolox-decoded"
    assert layout.preprocessing.placement == "top_left"
    the_one(layout.decode({"output": raw}, 0, 0.3), [24, 16, 32, 24], 0.4, 1)
    raw[0, :, 4] = 1
    assert recognise(seen({"output": raw})).name == "yolov6"


def test_yolov5_has_three_anchors_for_each_cell() -> None:
    raw = zeros(1, 3 * CELLS, 7)
    raw[0, 100] = [30, 20, 10, 8, 0.9, 0.4, 0.5]
    layout = recognise(seen({"output0": raw}))
    assert (layout.name, layout.class_count) == ("yolov5", 2)
    assert layout.preprocessing.placement == "centre"
    assert layout.preprocessing.rgb
    the_one(layout.decode({"output0": raw}, 0, 0.1), [25, 16, 35, 24], 0.45, 1)
    nothing(layout, {"output0": raw})


def test_yolov8_has_a_column_for_each_cell() -> None:
    raw = zeros(1, 4 + 3, CELLS)
    raw[0, :, 50] = [30, 20, 10, 8, 0.1, 0.2, 0.7]
    layout = recognise(seen({"output0": raw}))
    assert (layout.name, layout.class_count) == ("yolov8", 3)
    the_one(layout.decode({"output0": raw}, 0, 0.3), [25, 16, 35, 24], 0.7, 2)
    nothing(layout, {"output0": raw})


def test_yolov8_lying_on_its_side_is_told_by_its_class_names() -> None:
    raw = zeros(1, CELLS, 4 + 3)
    raw[0, 50] = [30, 20, 10, 8, 0.1, 0.2, 0.7]
    layout = recognise(seen({"output0": raw}, names=("a", "b", "c")))
    assert layout.name == "yolov8"
    the_one(layout.decode({"output0": raw}, 0, 0.3), [25, 16, 35, 24], 0.7, 2)


def test_the_boxes_of_a_segmentation_model_are_read_without_its_masks() -> None:
    raw = zeros(1, 4 + 2 + 32, CELLS)
    raw[0, :, 50] = 9
    raw[0, :6, 50] = [30, 20, 10, 8, 0.6, 0.2]
    outputs = {"output0": raw, "output1": zeros(1, 32, 16, 16)}
    layout = recognise(seen(outputs))
    assert layout.class_count == 2
    the_one(layout.decode(outputs, 0, 0.3), [25, 16, 35, 24], 0.6, 0)


def test_turned_boxes_are_refused() -> None:
    with pytest.raises(ModelError, match="turned boxes"):
        recognise(seen({"output0": zeros(1, 7, CELLS)}, metadata={"task": "obb"}))


def test_end_to_end_models_give_finished_rows() -> None:
    rows = zeros(1, 300, 6)
    rows[0, 7] = [1, 2, 30, 40, 0.8, 5]
    layout = recognise(seen({"output0": rows}))
    assert (layout.name, layout.suppressed) == ("end-to-end", True)
    the_one(layout.decode({"output0": rows}, 0, 0.1), [1, 2, 30, 40], 0.8, 5)
    nothing(layout, {"output0": rows})


def test_yolov7_end2end_rows_say_which_image_they_are_of() -> None:
    rows = np.array([[0, 1, 2, 3, 4, 5, 0.9], [1, 6, 7, 8, 9, 2, 0.8]], np.float32)
    layout = recognise(seen({"output": rows}))
    assert layout.name == "yolov7-end2end"
    the_one(layout.decode({"output": rows}, 1, 0.1), [6, 7, 8, 9], 0.8, 2)
    assert recognise(seen({"output": zeros(0, 7)})).name == "yolov7-end2end"
    nothing(layout, {"output": rows})


def test_efficient_nms_fills_up_behind_its_count() -> None:
    outputs = {
        "num_dets": np.array([[1]], np.int32),
        "det_boxes": np.array([[[1, 2, 3, 4], [9, 9, 9, 9]]], np.float32),
        "det_scores": np.array([[0.9, 0.9]], np.float32),
        "det_classes": np.array([[3, 3]], np.int32),
    }
    layout = recognise(seen(outputs))
    assert layout.name == "efficient-nms"
    the_one(layout.decode(outputs, 0, 0.1), [1, 2, 3, 4], 0.9, 3)
    nothing(layout, outputs)


def test_rtdetr_is_asked_for_pixels_of_the_canvas() -> None:
    outputs = {
        "labels": np.array([[2, 0]]),
        "boxes": np.array([[[1, 2, 3, 4], [5, 6, 7, 8]]], np.float32),
        "scores": np.array([[0.3, 0.9]], np.float32),
    }
    layout = recognise(seen(outputs, inputs=("orig_target_sizes",)))
    assert layout.name == "rtdetr"
    assert layout.preprocessing.placement == "stretch"
    the_one(layout.decode(outputs, 0, 0.5), [5, 6, 7, 8], 0.9, 0)
    nothing(layout, outputs)


@pytest.mark.parametrize(
    ("name", "boxes", "logits"),
    [("hf-detr", "pred_boxes", "logits"), ("rf-detr", "dets", "labels")],
)
def test_detr_gives_logits_and_shares_of_the_picture(name: str, boxes: str, logits: str) -> None:
    outputs = {boxes: zeros(1, 300, 4), logits: np.full((1, 300, 3), -9, np.float32)}
    outputs[boxes][0, 4] = [0.5, 0.25, 0.5, 0.25]
    outputs[logits][0, 4] = [-2, 0, -1]
    layout = recognise(seen(outputs))
    assert (layout.name, layout.class_count) == (name, 3)
    the_one(layout.decode(outputs, 0, 0.4), [16, 8, 48, 24], 0.5, 1)
    nothing(layout, outputs)


def test_rf_detr_is_fed_as_imagenet_networks_are() -> None:
    layout = recognise(seen({"dets": zeros(1, 300, 4), "labels": zeros(1, 300, 91)}))
    assert layout.preprocessing.mean == pytest.approx([255 * m for m in (0.485, 0.456, 0.406)])
    assert layout.preprocessing.std == pytest.approx([255 * s for s in (0.229, 0.224, 0.225)])


def test_ultralytics_rtdetr_gives_shares_and_scores_in_one() -> None:
    rows = zeros(1, 300, 4 + 3)
    rows[0, 9] = [0.5, 0.25, 0.5, 0.25, 0.1, 0.2, 0.7]
    layout = recognise(seen({"output0": rows}))
    assert (layout.name, layout.class_count) == ("rtdetr-ultralytics", 3)
    the_one(layout.decode({"output0": rows}, 0, 0.3), [16, 8, 48, 24], 0.7, 2)
    nothing(layout, {"output0": rows})


def nanodet_outputs() -> dict[str, F32]:
    outputs = {}
    for stride, cells in ((8, 64), (16, 16), (32, 4)):
        outputs[f"cls_pred_stride_{stride}"] = zeros(1, cells, 2)
        outputs[f"dis_pred_stride_{stride}"] = zeros(1, cells, 32)
    return outputs


def test_nanodet_integrates_the_distance_to_each_side() -> None:
    outputs = nanodet_outputs()
    outputs["cls_pred_stride_16"][0, 5] = [0.2, 0.9]  # row 1, column 1
    sides = np.full((4, 8), -50, np.float32)
    sides[[0, 1, 2], [1, 2, 3]] = 50  # all in one bin
    sides[3, [0, 1]] = 50  # half of it in each of two
    outputs["dis_pred_stride_16"][0, 5] = sides.ravel()
    layout = recognise(seen(outputs))
    assert (layout.name, layout.class_count) == ("nanodet", 2)
    the_one(layout.decode(outputs, 0, 0.5), [24 - 16, 24 - 32, 24 + 48, 24 + 8], 0.9, 1)
    nothing(layout, outputs)


def test_nanodet_plus_measures_from_the_corner_of_its_cell() -> None:
    cells = CELLS + 1
    rows = zeros(1, cells, 2 + 32)
    rows[0, HERE, :2] = [0.7, 0.2]
    sides = np.full((4, 8), -50, np.float32)
    sides[:, 1] = 50
    rows[0, HERE, 2:] = sides.ravel()
    layout = recognise(seen({"output": rows}))
    assert layout.name == "nanodet-plus"
    the_one(layout.decode({"output": rows}, 0, 0.5), [16, 8, 32, 24], 0.7, 0)
    nothing(layout, {"output": rows})


def test_half_precision_outputs_are_read() -> None:
    raw = zeros(1, 4 + 3, CELLS).astype(np.float16)
    raw[0, :, 50] = [30, 20, 10, 8, 0, 0, 0.5]
    found = recognise(seen({"output0": raw})).decode({"output0": raw}, 0, 0.3)
    the_one(found, [25, 16, 35, 24], 0.5, 2)


def test_each_image_of_a_batch_is_its_own() -> None:
    raw = zeros(2, 4 + 3, CELLS)
    raw[1, :, 50] = [30, 20, 10, 8, 0, 0, 0.5]
    layout = recognise(seen({"output0": raw}))
    assert len(layout.decode({"output0": raw}, 0, 0.3).score) == 0
    the_one(layout.decode({"output0": raw}, 1, 0.3), [25, 16, 35, 24], 0.5, 2)


def test_an_unknown_layout_is_refused_with_what_was_seen_and_all_known_names() -> None:
    with pytest.raises(ModelError) as caught:
        recognise(seen({"Identity": zeros(1, 256)}))
    assert "Identity (1, 256)" in str(caught.value)
    assert all(name in str(caught.value) for name in LAYOUT_NAMES)
    assert "\n" not in str(caught.value)


def test_a_named_layout_is_taken_at_its_word() -> None:
    rows = zeros(1, 300, 4 + 3)
    assert recognise(seen({"o": rows}), "yolov5").name == "yolov5"
    corners = zeros(1, CELLS, 8)
    assert recognise(seen({"o": corners}), "yolox-decoded").why == "named"


@pytest.mark.parametrize("name", LAYOUT_NAMES)
def test_a_named_layout_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match=f"layout {name} expects"):
        recognise(seen({"vector": zeros(1, 3)}), name)


def test_a_misspelt_layout_is_refused_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="did you mean 'yolov8'"):
        recognise(seen({"o": zeros(1, 7, CELLS)}), "yolo8")


@given(arrays(np.float32, 6, elements=st.floats(-1e4, 1e4, width=32)))
def test_a_sigmoid_is_a_share_and_never_overflows(logits: F32) -> None:
    share = sigmoid(logits)
    assert share.dtype == np.float32
    assert np.all((share >= 0) & (share <= 1))
    np.testing.assert_allclose(share + sigmoid(-logits), 1, atol=1e-6)
