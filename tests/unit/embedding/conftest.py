"""Tiny ReID models, made on the spot, and crops to feed them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest

MakeReid: TypeAlias = Callable[..., Path]


@pytest.fixture
def mean_model(tmp_path: Path) -> MakeReid:
    """Makes an ONNX file whose vector is the mean of each channel of its input, as it was fed."""
    onnx = pytest.importorskip("onnx", reason="onnx builds the models of these tests")
    pytest.importorskip("onnxruntime", reason="onnxruntime runs the models of these tests")

    def make(
        shape: Sequence[int | str] = ("batch", 3, 8, 4),
        *,
        name: str = "net.onnx",
        rank: int = 2,
        outputs: Sequence[str] = ("vector",),
        input_name: str = "images",
        metadata: Mapping[str, str] | None = None,
        dtype: int = onnx.TensorProto.FLOAT,
        scaled: float = 1.0,
    ) -> Path:
        helper = onnx.helper
        axes = [1, 2] if shape[-1] == 3 else [2, 3]
        axes = axes if len(shape) == 4 else list(range(2, len(shape)))
        scale = onnx.numpy_helper.from_array(np.array(scaled, np.float32), "scale")
        kept = int(rank == 4)
        nodes = [helper.make_node("Cast", [input_name], ["numbers"], to=1)]
        mean = helper.make_node("ReduceMean", ["numbers"], ["mean"], axes=axes, keepdims=kept)
        nodes.append(mean)
        nodes += [helper.make_node("Mul", ["mean", "scale"], [output]) for output in outputs]
        size: list[int | str] = [shape[0], 3, 1, 1] if kept else [shape[0], 3]
        made = [helper.make_tensor_value_info(o, onnx.TensorProto.FLOAT, size) for o in outputs]
        image = helper.make_tensor_value_info(input_name, dtype, list(shape))
        graph = helper.make_graph(nodes, "mean", [image], made, [scale])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        helper.set_model_props(model, dict(metadata or {}))
        path = tmp_path / name
        onnx.save(model, str(path))
        return path

    return make
