"""A model run by OpenVINO: an exported .xml with its .bin, or an ONNX file."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from camweave.core.errors import JobError, MissingExtra, ModelError
from camweave.inference.session import Port, Tensors
from camweave.inference.stated_names import in_order, stated_names

LARGEST_METADATA = 1_000_000  # bytes; an exporter's is a few kB


class OpenVinoSession:
    """An OpenVINO or ONNX model on the processor, as many runs side by side as `threads`.

    By default OpenVINO may compute in bfloat16 where the processor can; `exact` keeps float32.

    Raises:
        ModelError: the file is not a model that OpenVINO can run.
        MissingExtra: OpenVINO is not installed.
    """

    def __init__(self, path: Path, *, threads: int, exact: bool = False) -> None:
        try:
            openvino = importlib.import_module("openvino")
        except ImportError as error:
            raise MissingExtra(f"running {path.name}", "openvino") from error
        settings: dict[str, Any] = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "NUM_STREAMS": threads,
            "INFERENCE_NUM_THREADS": threads,
        }
        if exact:
            settings["INFERENCE_PRECISION_HINT"] = "f32"
        try:
            core = openvino.Core()
            model = core.read_model(str(path))
            compiled = core.compile_model(model, "CPU", settings)
            # A request serves one run at a time: there is one for each run side by side.
            self._free: SimpleQueue[Any] = SimpleQueue()
            for _ in range(threads):
                self._free.put(compiled.create_infer_request())
        except Exception as error:  # its own errors share no root but this
            raise ModelError(
                f"{path}: not a model that OpenVINO can open ({_reason(error)}). "
                "Export or download it again"
            ) from error
        self.name = path.name
        self.device = "CPU"
        self.passed_over: tuple[str, ...] = ()
        self.backend = f"OpenVINO {openvino.__version__.split('-')[0]} on CPU"
        self.threads = threads
        self.inputs = tuple(_port(port, f"input{k}") for k, port in enumerate(compiled.inputs))
        self.outputs = tuple(_port(port, f"output{k}") for k, port in enumerate(compiled.outputs))
        stated = _yaml_beside(path)
        self.metadata = _model_info(model) | {key: str(value) for key, value in stated.items()}
        self.class_names = in_order(stated.get("names")) or _names(self.metadata, path.name)

    def run(self, feed: Tensors) -> dict[str, npt.NDArray[Any]]:
        """Outputs by name. Threads may call it at once."""
        tensors = {place: feed[port.name] for place, port in enumerate(self.inputs)}
        request = self._free.get()
        try:
            found = request.infer(tensors, share_inputs=True)
            # Copies: the request's own memory is written again by the next run.
            arrays = [np.array(found[place]) for place in range(len(self.outputs))]
        except Exception as error:  # its own errors share no root but this
            raise JobError(f"{self.name}: a run failed ({_reason(error)})") from error
        finally:
            self._free.put(request)
        return {port.name: array for port, array in zip(self.outputs, arrays, strict=True)}


def _port(port: Any, nameless: str) -> Port:  # noqa: ANN401 - OpenVINO is not typed
    sizes = tuple(
        None if size.is_dynamic else int(size.get_length()) for size in port.get_partial_shape()
    )
    names = sorted(port.get_names())
    return Port(
        names[0] if names else nameless, sizes, np.dtype(port.get_element_type().to_dtype())
    )


def _yaml_beside(path: Path) -> dict[str, Any]:
    """What `metadata.yaml` says, which Ultralytics writes into the exported folder."""
    file = path.with_name("metadata.yaml")
    if not file.is_file():
        return {}
    if file.stat().st_size > LARGEST_METADATA:
        raise ModelError(f"{file}: too large for a model's metadata")
    try:
        stated = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModelError(f"{file}: not readable as YAML ({_reason(error)})") from error
    return {str(key): value for key, value in stated.items()} if isinstance(stated, dict) else {}


def _model_info(model: Any) -> dict[str, str]:  # noqa: ANN401 - OpenVINO is not typed
    """Text inside the model: its own `model_info`, or what an ONNX file carried."""
    info: dict[str, str] = {}
    for section in ("framework", "model_info"):
        if model.has_rt_info([section]):
            entries = model.get_rt_info([section]).value
            info |= {key: str(model.get_rt_info([section, key]).value) for key in entries}
    return info


def _names(metadata: Mapping[str, str], model: str) -> tuple[str, ...]:
    if "labels" in metadata:  # words with spaces between them; a space inside one is a "_"
        return tuple(word.replace("_", " ") for word in metadata["labels"].split())
    return stated_names(metadata.get("names", ""), model)


def _reason(error: Exception) -> str:
    """The sentence that matters: OpenVINO ends a chain of source lines with it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
