"""What a loaded model is to the rest: ports, names, and arrays in, arrays out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Tensors: TypeAlias = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output of a model."""

    name: str
    shape: tuple[int | None, ...]  # None where the model leaves the size free; () if not stated
    dtype: np.dtype[Any]

    def __str__(self) -> str:
        sizes = ", ".join("?" if size is None else str(size) for size in self.shape)
        return f"{self.name} {self.dtype.name} ({sizes})"


class Session(Protocol):
    """A model that can be run. It remembers nothing between runs."""

    @property
    def name(self) -> str:
        """The file it was read from, for messages."""

    @property
    def backend(self) -> str:
        """What runs it, with version and device."""

    @property
    def device(self) -> str:
        """CPU, CUDA or TensorRT. On the processor small runs side by side are best, else large."""

    @property
    def passed_over(self) -> tuple[str, ...]:
        """What would have been tried first, and why it does not run the model: `CUDA: ...`."""

    @property
    def threads(self) -> int:
        """How many runs go on side by side at full speed."""

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What `run` must be fed."""

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What `run` gives."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the exporter wrote into the model or beside it."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes as the model states them; empty where it does not."""

    def run(self, feed: Tensors) -> dict[str, npt.NDArray[Any]]:
        """Outputs by name. Threads may call it at once.

        Raises:
            JobError: the run failed.
        """
