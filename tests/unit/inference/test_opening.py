"""What is opened, with what, and what is refused in one line."""

import logging
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camweave.core.errors import JobError, MissingExtra, ModelError
from camweave.inference.onnx_session import OnnxSession
from camweave.inference.opening import Backend, open_session
from camweave.inference.session import Session
from camweave.inference.side_by_side import side_by_side

IMAGES = np.arange(96, dtype=np.float32).reshape(2, 3, 4, 4)

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")


def doubles(session: Session) -> bool:
    found = session.run({session.inputs[0].name: IMAGES})
    return bool(np.array_equal(found["doubled"], IMAGES * 2))


def without(module: str, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(sys.modules, module, None)  # what Python itself does for a module that is barred


def test_an_onnx_file_is_run_by_onnx_runtime(doubling: Path) -> None:
    session = open_session(doubling, threads=1)
    assert doubles(session)
    assert session.backend.startswith("ONNX Runtime")
    assert session.name == "doubling.onnx"


def test_a_model_says_its_ports_and_its_class_names(doubling: Path) -> None:
    session = open_session(doubling)
    assert [str(port) for port in session.inputs] == ["images float32 (?, 3, 4, 4)"]
    assert [str(port) for port in session.outputs] == ["doubled float32 (?, 3, 4, 4)"]
    assert session.class_names == ("person", "car")
    assert session.metadata["stride"] == "32"


def test_an_exported_folder_is_run_by_openvino_with_the_names_beside_it(exported: Path) -> None:
    session = open_session(exported, threads=2)
    assert doubles(session)
    assert session.backend.startswith("OpenVINO")
    assert session.class_names == ("walker", "wagon")
    assert session.metadata["task"] == "detect"


def test_an_xml_file_is_run_by_openvino(exported: Path) -> None:
    assert doubles(open_session(exported / "doubling.xml"))


def test_openvino_reads_onnx_and_its_metadata_when_asked(doubling: Path) -> None:
    pytest.importorskip("openvino")
    session = open_session(doubling, backend="openvino", exact=True)
    assert doubles(session)
    assert session.class_names == ("person", "car")


@pytest.mark.parametrize(
    "named", ["doubling_openvino_model", "doubling_openvino_model/doubling.xml"]
)
def test_without_openvino_the_onnx_file_beside_is_used_and_a_line_says_so(
    exported: Path,
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    without("openvino", monkeypatch)
    session = open_session(exported.parent / named)
    assert doubles(session)
    assert session.name == "doubling.onnx"
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "falling back to" in warnings[0]


def test_a_missing_folder_falls_back_to_the_onnx_file_beside_it(
    doubling: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert doubles(open_session(doubling.with_name("doubling_openvino_model")))
    assert "falling back to" in caplog.text


def test_an_onnx_file_is_run_by_openvino_where_there_is_no_onnx_runtime(
    doubling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openvino")
    without("onnxruntime", monkeypatch)
    session = open_session(doubling)
    assert session.backend.startswith("OpenVINO")
    assert doubles(session)


def test_a_missing_extra_is_named(
    doubling: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without("openvino", monkeypatch)
    doubling.unlink()
    with pytest.raises(MissingExtra, match=r"camweave\[openvino\]"):
        open_session(exported)
    with pytest.raises(MissingExtra, match=r"camweave\[openvino\]"):
        open_session(exported, backend="openvino")


def test_without_any_backend_the_usual_one_is_named(
    doubling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without("openvino", monkeypatch)
    without("onnxruntime", monkeypatch)
    with pytest.raises(MissingExtra, match=r"camweave\[onnx\]"):
        open_session(doubling)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("m.onnx", b"", "empty"),
        ("m.onnx", b"this is no model at all" * 9, "not a model that ONNX Runtime can open"),
        ("m.onnx", b"PK\x03\x04" + bytes(90), "archive"),
        ("m.onnx", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ("m.onnx", b"<!DOCTYPE html><html>", "web page"),
        ("m.txt", b"some text", r"models are \.onnx, \.xml or \.torchscript"),
        ("m.xml", b"<net/>", "weights, m.bin, are not beside it"),
    ],
)
def test_what_is_no_model_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=said) as caught:
        open_session(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


def test_a_truncated_model_is_refused(doubling: Path) -> None:
    doubling.write_bytes(doubling.read_bytes()[:-40])
    with pytest.raises(ModelError, match="not a model that ONNX Runtime can open"):
        open_session(doubling)


def test_a_broken_exported_model_is_refused(exported: Path) -> None:
    (exported / "doubling.xml").write_text("<net><layers></net>")
    with pytest.raises(ModelError, match="not a model that OpenVINO can open") as caught:
        open_session(exported)
    assert "\n" not in str(caught.value)


def test_a_broken_metadata_file_is_refused(exported: Path) -> None:
    (exported / "metadata.yaml").write_text("names: [a, b")
    with pytest.raises(ModelError, match=r"metadata\.yaml: not readable as YAML"):
        open_session(exported)


@pytest.mark.parametrize("name", ["absent.onnx", "absent.xml", "absent_openvino_model", "absent"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="no such file"):
        open_session(tmp_path / name)


@pytest.mark.parametrize("name", ["yolo11n.pt", "net.PTH"])
def test_a_checkpoint_is_refused_with_the_way_to_export_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x80\x02")
    with pytest.raises(ModelError, match="uvx --from ultralytics yolo export") as caught:
        open_session(tmp_path / name)
    assert "AGPL-3.0" in str(caught.value)


def test_an_engine_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"fits one GPU .* Give the \.onnx file"):
        open_session(tmp_path / "net.engine")


@pytest.mark.parametrize("name", ["doubling.engine", "doubling.torchscript", "doubling.pt"])
def test_what_cannot_run_here_falls_back_to_the_onnx_file_of_the_same_name(
    doubling: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    session = open_session(doubling.with_name(name))
    assert doubles(session)
    assert session.name == "doubling.onnx"
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert name in warnings[0]
    assert "falling back to" in warnings[0]


def test_a_model_may_be_named_without_its_ending(
    doubling: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert doubles(open_session(doubling.with_suffix("")))
    assert "falling back" not in caplog.text


def test_what_was_chosen_and_why_not_the_others_is_said(
    doubling: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        session = open_session(doubling, threads=2)
    assert session.device in {"CPU", "CUDA", "TensorRT"}
    passed = [reason.split(":")[0] for reason in session.passed_over]
    assert passed == ["TensorRT", "CUDA"][: len(passed)]
    assert (session.device == "CPU") == (passed == ["TensorRT", "CUDA"])
    line = caplog.messages[-1]
    assert line.startswith(f"doubling.onnx: ONNX Runtime {session.backend.split()[2]} on ")
    assert all(reason in line for reason in session.passed_over)


class OneDevice:
    """Stands in for an ONNX Runtime that knows a GPU whose libraries may be missing."""

    def __init__(self, real: Any, *, raises: bool) -> None:
        self._real, self._raises = real, raises
        self.asked: list[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_available_providers(self) -> list[str]:
        return ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]

    def InferenceSession(self, path: str, options: Any, providers: list[str]) -> Any:  # noqa: N802 - the runtime's name
        self.asked.append(providers.copy())
        if self._raises and providers[0] != "CPUExecutionProvider":
            raise RuntimeError("[ONNXRuntimeError] : 1 : no libnvinfer")
        return self._real.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("raises", [True, False])
def test_tensorrt_is_tried_first_then_cuda_then_the_processor(
    doubling: Path, monkeypatch: pytest.MonkeyPatch, *, raises: bool
) -> None:
    runtime = OneDevice(
        sys.modules.get("onnxruntime") or import_module("onnxruntime"), raises=raises
    )
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)
    session = OnnxSession(doubling, threads=1)
    assert doubles(session)
    assert session.device == "CPU"
    assert [reason.split(":")[0] for reason in session.passed_over] == ["TensorRT", "CUDA"]
    assert runtime.asked[0][0] == "TensorrtExecutionProvider"
    assert len(runtime.asked) == (3 if raises else 1)
    assert ("no libnvinfer" in session.passed_over[0]) == raises


def test_a_folder_without_or_with_two_models_is_refused(doubling: Path) -> None:
    (doubling.parent / "empty").mkdir()
    with pytest.raises(ModelError, match=r"no \.xml and no \.onnx file"):
        open_session(doubling.parent / "empty")
    doubling.with_name("another.onnx").write_bytes(doubling.read_bytes())
    with pytest.raises(ModelError, match=r"name one of another\.onnx, doubling\.onnx"):
        open_session(doubling.parent)


def test_onnx_runtime_is_not_asked_to_read_an_exported_model(exported: Path) -> None:
    (exported.parent / "doubling.onnx").unlink()
    with pytest.raises(ModelError, match=r"ONNX Runtime reads \.onnx only"):
        open_session(exported, backend="onnx")


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_threads_may_run_a_session_at_once(doubling: Path, backend: Backend) -> None:
    if backend == "openvino":
        pytest.importorskip("openvino")
    session = open_session(doubling, backend=backend, threads=2)

    def run(_seat: int, number: int) -> bool:
        images = np.full((1, 3, 4, 4), number, np.float32)
        return bool(np.all(session.run({"images": images})["doubled"] == 2 * number))

    assert all(side_by_side(run, range(200), 4))


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_a_run_that_fails_says_so_in_one_line(doubling: Path, backend: Backend) -> None:
    if backend == "openvino":
        pytest.importorskip("openvino")
    session = open_session(doubling, backend=backend)
    with pytest.raises(JobError, match="a run failed") as caught:
        session.run({"images": np.zeros((1, 3, 9, 9), np.float32)})
    assert "\n" not in str(caught.value)
    assert doubles(session), "and the session goes on"
