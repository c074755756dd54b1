"""A TorchScript model run by PyTorch."""

import importlib
import json
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from camweave.core.errors import JobError, MissingExtra, ModelError
from camweave.inference.session import Port, Tensors
from camweave.inference.stated_names import in_order

STATED = "config.txt"  # the member in which Ultralytics' export keeps what it knows, as JSON
IMAGE_WEIGHTS = 4  # axes of a convolution's weights: out, in, height, width


def is_torchscript(path: Path) -> bool:
    """Whether the file is a TorchScript archive; a checkpoint has no code beside its numbers."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any("/code/" in name for name in archive.namelist())


class TorchSession:
    """A TorchScript archive on CUDA where there is one, else on the processor.

    PyTorch is kept to one thread in the whole process: runs side by side give the most frames
    per second (ADR 0005). An archive runs no Python code when it is opened, unlike a checkpoint.

    Raises:
        ModelError: the file is not a model that PyTorch can run.
        MissingExtra: PyTorch is not installed.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        try:
            self._torch: Any = importlib.import_module("torch")
        except ImportError as error:
            raise MissingExtra(f"running {path.name}", "torch") from error
        self._torch.set_num_threads(1)
        gpu = self._torch.cuda.is_available()
        self._place = "cuda" if gpu else "cpu"
        stated = {STATED: ""}
        try:
            with warnings.catch_warnings():  # that PyTorch would rather have other formats
                warnings.simplefilter("ignore", DeprecationWarning)
                self._model = self._torch.jit.load(
                    str(path), map_location=self._place, _extra_files=stated
                ).eval()
        except Exception as error:  # PyTorch raises what it likes
            raise ModelError(
                f"{path}: not a model that PyTorch can open ({_reason(error)}). "
                "Export or download it again"
            ) from error
        self.name = path.name
        self.device = self._place.upper()
        self.backend = f"PyTorch {self._torch.__version__} on {self.device}"
        self.passed_over: tuple[str, ...] = () if gpu else ("CUDA: not in this PyTorch",)
        self.threads = threads
        config = _config(stated[STATED])
        self.metadata: Mapping[str, str] = {key: str(value) for key, value in config.items()}
        self.class_names = in_order(config.get("names"))
        schema = self._model.forward.schema
        first, *others = (argument.name for argument in schema.arguments[1:])
        self.inputs = (_image_port(first, self._model, config), *map(_unstated, others))
        self.outputs = tuple(map(_unstated, _output_names(schema.returns[0].type)))

    def run(self, feed: Tensors) -> dict[str, npt.NDArray[Any]]:
        """Outputs by name. Threads may call it at once."""
        torch = self._torch
        try:
            with torch.inference_mode():
                tensors = [
                    torch.from_numpy(feed[port.name]).to(self._place) for port in self.inputs
                ]
                found = self._model(*tensors)
            flat = found if isinstance(found, tuple | list) else (found,)
            arrays = [np.asarray(tensor.cpu().numpy()) for tensor in flat]
        except Exception as error:  # PyTorch raises what it likes
            raise JobError(f"{self.name}: a run failed ({_reason(error)})") from error
        return {f"output{place}": array for place, array in enumerate(arrays)}


def _image_port(name: str, model: Any, config: Mapping[str, Any]) -> Port:  # noqa: ANN401 - PyTorch is not imported for its types
    """What the model takes, as its first weights tell: TorchScript states no shapes."""
    weights: Sequence[int] = next((p.shape for p in model.parameters() if p.dim() > 1), ())
    if len(weights) != IMAGE_WEIGHTS:
        return Port(name, (None, weights[1]) if weights else (), np.dtype(np.float32))
    size = config.get("imgsz")
    height, width = size if isinstance(size, list) and len(size) == 2 else (None, None)  # noqa: PLR2004 - height and width
    return Port(name, (None, int(weights[1]), height, width), np.dtype(np.float32))


def _unstated(name: str) -> Port:
    return Port(name, (), np.dtype(np.float32))


def _output_names(kind: Any) -> list[str]:  # noqa: ANN401 - PyTorch is not imported for its types
    count = len(kind.elements()) if kind.kind() == "TupleType" else 1
    return [f"output{place}" for place in range(count)]


def _config(text: str | bytes) -> dict[str, Any]:
    try:
        stated = json.loads(text) if text else {}
    except ValueError:  # somebody else's member of that name
        return {}
    return stated if isinstance(stated, dict) else {}


def _reason(error: Exception) -> str:
    """The sentence that matters: PyTorch ends a chain of source lines with it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
