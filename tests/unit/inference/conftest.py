"""A tiny model, made on the spot."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def doubling(tmp_path: Path) -> Path:
    """An ONNX file of a model that doubles `images` (batch, 3, 4, 4) and names two classes."""
    onnx = pytest.importorskip("onnx", reason="onnx builds the models of these tests")
    helper = onnx.helper
    two = onnx.numpy_helper.from_array(np.array(2, np.float32), "two")
    image = helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, ["batch", 3, 4, 4])
    out = helper.make_tensor_value_info("doubled", onnx.TensorProto.FLOAT, ["batch", 3, 4, 4])
    node = helper.make_node("Mul", ["images", "two"], ["doubled"])
    graph = helper.make_graph([node], "doubling", [image], [out], [two])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"names": "{0: 'person', 1: 'car'}", "stride": "32"})
    path = tmp_path / "doubling.onnx"
    onnx.save(model, str(path))
    return path


@pytest.fixture
def exported(doubling: Path) -> Path:
    """The same as Ultralytics exports for OpenVINO: a folder with .xml, .bin and metadata.yaml."""
    openvino = pytest.importorskip("openvino", reason="openvino writes the exported folder")
    folder = doubling.parent / "doubling_openvino_model"
    folder.mkdir()
    openvino.save_model(openvino.Core().read_model(str(doubling)), str(folder / "doubling.xml"))
    (folder / "metadata.yaml").write_text("task: detect\nnames:\n  0: walker\n  1: wagon\n")
    return folder
