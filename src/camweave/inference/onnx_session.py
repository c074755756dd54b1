"""A model run by ONNX Runtime."""

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from camweave.core.errors import JobError, MissingExtra, ModelError
from camweave.inference.session import Port, Tensors
from camweave.inference.stated_names import stated_names

BEST_FIRST = ("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider")
ERRORS_ONLY = 3  # the runtime's warnings are about how a model was exported: nothing to act on

DTYPES: Mapping[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}


class OnnxSession:
    """An ONNX file on the best device there is: TensorRT, CUDA, else the processor.

    Each run uses one core: runs side by side give the most frames per second (ADR 0005).

    Raises:
        ModelError: the file is not a model that ONNX Runtime can run.
        MissingExtra: ONNX Runtime is not installed.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        try:
            runtime = onnx_runtime()
        except ImportError as error:
            raise MissingExtra(f"running {path.name}", "onnx") from error
        self._session, self.passed_over = _opened(runtime, path)
        self.device = _device(self._session.get_providers()[0])
        self.name = path.name
        self.backend = f"ONNX Runtime {runtime.__version__} on {self.device}"
        self.threads = threads
        self.inputs = tuple(_port(port, path) for port in self._session.get_inputs())
        self.outputs = tuple(_port(port, path) for port in self._session.get_outputs())
        self.metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        self.class_names = stated_names(self.metadata.get("names", ""), path.name)

    def run(self, feed: Tensors) -> dict[str, npt.NDArray[Any]]:
        """Outputs by name. Threads may call it at once."""
        try:
            found = self._session.run(None, feed)
        except Exception as error:  # the runtime's own errors share no root but this
            raise JobError(f"{self.name}: a run failed ({_reason(error)})") from error
        return {port.name: array for port, array in zip(self.outputs, found, strict=True)}


def onnx_runtime() -> Any:  # noqa: ANN401 - the runtime is not typed
    """ONNX Runtime, told not to report to its makers: from 1.31 on it does so when imported.

    Raises:
        ImportError: it is not installed.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    return importlib.import_module("onnxruntime")


def _opened(runtime: Any, path: Path) -> tuple[Any, tuple[str, ...]]:  # noqa: ANN401 - the runtime is not typed
    """A session on the best device that takes the model, and why those before it do not."""
    usable = set(runtime.get_available_providers())
    passed = [f"{_device(p)}: not in this ONNX Runtime" for p in BEST_FIRST if p not in usable]
    wanted = [provider for provider in BEST_FIRST if provider in usable]
    while True:
        try:
            session = runtime.InferenceSession(str(path), _options(runtime), providers=wanted)
        except Exception as error:  # the runtime's own errors share no root but this
            if len(wanted) > 1:
                passed.append(f"{_device(wanted.pop(0))}: {_reason(error)}")
                continue
            raise ModelError(
                f"{path}: not a model that ONNX Runtime can open ({_reason(error)}). "
                "Export or download it again"
            ) from error
        # One whose libraries are missing is left out by the runtime itself, without an error.
        left_out = wanted[: wanted.index(session.get_providers()[0])]
        return session, (*passed, *(f"{_device(p)}: cannot be loaded here" for p in left_out))


def _device(provider: str) -> str:
    """`TensorRT`, `CUDA` or `CPU`."""
    return provider.removesuffix("ExecutionProvider").replace("Tensorrt", "TensorRT")


def _options(runtime: Any) -> Any:  # noqa: ANN401 - the runtime is not typed
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # A core that spins while it waits is a core less for the run beside it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = ERRORS_ONLY
    return options


def _port(port: Any, path: Path) -> Port:  # noqa: ANN401 - the runtime is not typed
    if port.type not in DTYPES:
        raise ModelError(f"{path}: {port.name} is {port.type}; only tensors of numbers are read")
    sizes = tuple(size if isinstance(size, int) and size > 0 else None for size in port.shape)
    return Port(port.name, sizes, np.dtype(DTYPES[port.type]))


def _reason(error: Exception) -> str:
    """The runtime's sentence without its codes and line breaks."""
    return " ".join(str(error).split()).rpartition("[ONNXRuntimeError] : ")[2][:200]
