"""Tiny detectors, made on the spot: some give fixed outputs, some do look at the picture."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from camweave.core.frame import CameraId, Frame, Stamp

MakeModel: TypeAlias = Callable[..., str]


@pytest.fixture
def fixed_model(tmp_path: Path) -> MakeModel:
    """Makes an ONNX file whose outputs are the given arrays, whatever it is fed."""
    onnx = pytest.importorskip("onnx", reason="onnx builds the models of these tests")
    pytest.importorskip("onnxruntime", reason="onnxruntime runs the models of these tests")

    def make(
        outputs: Mapping[str, npt.NDArray[Any]],
        *,
        image: tuple[int | str, ...] = (1, 3, 64, 64),
        dtype: int = onnx.TensorProto.FLOAT,
        more: Mapping[str, tuple[int, tuple[int | str, ...]]] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        helper = onnx.helper
        inputs = [helper.make_tensor_value_info("images", dtype, image)]
        for name, (kind, shape) in (more or {}).items():
            inputs.append(helper.make_tensor_value_info(name, kind, shape))
        nodes, infos = [], []
        for name, array in outputs.items():
            value = onnx.numpy_helper.from_array(array)
            nodes.append(helper.make_node("Constant", [], [name], value=value))
            infos.append(helper.make_tensor_value_info(name, value.data_type, array.shape))
        graph = helper.make_graph(nodes, "fixed", inputs, infos)
        return save(graph, metadata or {})

    def save(graph: Any, metadata: Mapping[str, str]) -> str:
        helper = onnx.helper
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        helper.set_model_props(model, dict(metadata))
        path = tmp_path / "fixed.onnx"
        onnx.save(model, str(path))
        return str(path)

    return make


@pytest.fixture
def seeing_model(tmp_path: Path) -> MakeModel:
    """Makes an ONNX file of a detector of bright colours, in one of two layouts.

    Each cell of the grids of strides 8, 16, 32 gives a box of its own size at its place, and as
    the scores of three classes the brightest value of each channel in it.
    """
    onnx = pytest.importorskip("onnx", reason="onnx builds the models of these tests")
    pytest.importorskip("onnxruntime", reason="onnxruntime runs the models of these tests")
    helper, array = onnx.helper, onnx.numpy_helper.from_array

    def make(layout: str, *, size: int = 64, batch: int | str = 1, rows_first: bool = False) -> str:
        turn = [helper.make_node("Transpose", ["images"], ["nchw"], perm=[0, 3, 1, 2])]
        turn = turn if rows_first else [helper.make_node("Identity", ["images"], ["nchw"])]
        nodes = [*turn, helper.make_node("Mul", ["nchw", "to_share"], ["share"])]
        for stride in (8, 16, 32):
            square = {"kernel_shape": [stride] * 2, "strides": [stride] * 2}
            nodes.append(helper.make_node("MaxPool", ["share"], [f"pool{stride}"], **square))
            nodes.append(helper.make_node("Reshape", [f"pool{stride}", "flat"], [f"part{stride}"]))
        last = {"perm": [0, 2, 1] if layout == "yolox" else [0, 1, 2]}
        nodes += [
            helper.make_node("Concat", ["part8", "part16", "part32"], ["scores"], axis=2),
            helper.make_node("Shape", ["scores"], ["count"], end=1),
            helper.make_node("Concat", ["count", "ones"], ["tiling"], axis=0),
            helper.make_node("Tile", ["box", "tiling"], ["boxes"]),
            helper.make_node("Concat", ["boxes", "scores"], ["columns"], axis=1),
            helper.make_node("Transpose", ["columns"], ["output"], **last),
        ]
        constants = [
            array(np.array(1 / 255 if layout == "yolox" else 1, np.float32), "to_share"),
            array(np.array([0, 3, -1]), "flat"),
            array(np.array([1, 1]), "ones"),
            array(box_columns(layout, size), "box"),
        ]
        shape = (batch, size, size, 3) if rows_first else (batch, 3, size, size)
        return save(nodes, shape, constants, tmp_path / f"{layout}.onnx")

    def save(nodes: list[Any], shape: tuple[int | str, ...], constants: list[Any], to: Path) -> str:
        inputs = [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, shape)]
        outputs = [helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, [None] * 3)]
        graph = helper.make_graph(nodes, "seeing", inputs, outputs, constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.save(model, str(to))
        return str(to)

    return make


def box_columns(layout: str, size: int) -> npt.NDArray[np.float32]:
    """(1, 4 or 5, cells): each cell's own place and size, as the layout writes it."""
    columns = []
    for stride in (8, 16, 32):
        for row in range(size // stride):
            for column in range(size // stride):
                middle = [(column + 0.5) * stride, (row + 0.5) * stride, stride, stride]
                columns.append([0.5, 0.5, 0, 0, 1] if layout == "yolox" else middle)
    return np.array(columns, np.float32).T[None]


@pytest.fixture
def make_frame() -> Callable[..., Frame]:
    """Makes a black frame with coloured rectangles: (left, top, right, bottom): (b, g, r)."""

    def make(
        size: tuple[int, int] = (64, 64),
        *,
        index: int = 0,
        camera: str = "cam",
        time: float | None = None,
        **patches: tuple[tuple[int, int, int, int], tuple[int, int, int]],
    ) -> Frame:
        image = np.zeros((size[1], size[0], 3), np.uint8)
        for (left, top, right, bottom), colour in patches.values():
            image[top:bottom, left:right] = colour
        stamp = Stamp(index / 10 if time is None else time, CameraId(camera), index)
        return Frame(stamp, image)

    return make
