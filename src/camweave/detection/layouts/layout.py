"""What a layout is: how a frame goes in, and how what comes out becomes boxes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, I32, I64
from camweave.core.errors import ModelError
from camweave.ops.images import Placement

Outputs: TypeAlias = Mapping[str, npt.NDArray[Any]]
Triple: TypeAlias = tuple[float, float, float]

STRIDES = (8, 16, 32)  # px of the canvas that one cell of each of the usual grids covers


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes as a network proposes them, before suppression; K rows."""

    xyxy: F32  # (K, 4) px of the canvas
    score: F32  # (K,)
    class_id: I32  # (K,)


Decode: TypeAlias = Callable[[Outputs, int, float], Candidates]
"""The candidates of one image of a run's outputs, each with more than this score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """How an image is laid on the canvas and turned into numbers: (level - mean) / std."""

    placement: Placement
    rgb: bool
    mean: Triple = (0.0, 0.0, 0.0)  # in the order of the channels as fed
    std: Triple = (1.0, 1.0, 1.0)

    def __str__(self) -> str:
        order = "RGB" if self.rgb else "BGR"
        if self.mean == (0.0, 0.0, 0.0) and len(set(self.std)) == 1:
            numbers = "0 to 255" if self.std[0] == 1 else f"/ {self.std[0]:g}"
        else:
            numbers = f"- {self.mean} / {self.std}"
        placement = {"stretch": "stretched", "centre": "letterbox, centred"}
        return f"{placement.get(self.placement, 'letterbox, top left')}; {order} {numbers}"


RGB_0_TO_1 = (255.0, 255.0, 255.0)
CENTRED = Preprocessing(placement="centre", rgb=True, std=RGB_0_TO_1)
STRETCHED = Preprocessing(placement="stretch", rgb=True, std=RGB_0_TO_1)
IMAGENET = Preprocessing(
    placement="stretch", rgb=True, mean=(123.675, 116.28, 103.53), std=(58.395, 57.12, 57.375)
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """One model's way in and out."""

    name: str
    why: str  # what it was told from
    preprocessing: Preprocessing
    suppressed: bool  # the model has removed doubles itself
    class_count: int
    decode: Decode
    feed: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)  # inputs beside the image


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What is known of a model: its ports, and what it gave for an empty grey canvas."""

    model: str
    width: int  # px of the canvas
    height: int
    inputs: tuple[str, ...]  # names of all inputs but the image
    outputs: Outputs
    class_names: tuple[str, ...]
    metadata: Mapping[str, str]

    def output(self, *words: str) -> npt.NDArray[Any] | None:
        """The output whose name is one of these words."""
        return next((a for name, a in self.outputs.items() if name.lower() in words), None)

    @property
    def main(self) -> npt.NDArray[Any]:
        """The output of boxes where all are in one: the largest with at most 3 axes."""
        flat = [a for a in self.outputs.values() if a.ndim <= 3]  # noqa: PLR2004 - batch, rows, columns
        return max(flat, key=np.size) if flat else np.empty(0, np.float32)

    @property
    def main_name(self) -> str:
        """Name of `main`."""
        main = self.main
        return next((name for name, a in self.outputs.items() if a is main), "")

    @property
    def rows(self) -> int:
        """Rows of `main` if it is (batch, rows, columns), else 0."""
        return self.main.shape[1] if self.main.ndim == 3 else 0  # noqa: PLR2004 - three axes

    @property
    def columns(self) -> int:
        """Columns of `main` if it is (batch, rows, columns), else 0."""
        return self.main.shape[2] if self.main.ndim == 3 else 0  # noqa: PLR2004 - three axes

    def cells(self, *strides: int) -> int:
        """Cells of all grids with these strides."""
        return sum(-(-self.width // s) * -(-self.height // s) for s in strides)

    def shapes(self) -> str:
        """The outputs in a few words, for a message."""
        return ", ".join(f"{name} {array.shape}" for name, array in self.outputs.items())


@dataclass(frozen=True, slots=True)
class Family:
    """A layout by name: how it is recognised, and how it is built for one model."""

    name: str
    shape: str  # what it looks like, for people
    tell: Callable[[Seen], str | None]  # why the model is of this family, or None
    build: Callable[[Seen, str], Layout]  # for a model that is said to be of it, and why


def require(seen: Seen, family: str, expected: str, *, holds: bool) -> None:
    """Raise `ModelError` unless the outputs can be read in the way that was named."""
    if not holds:
        raise ModelError(
            f"{seen.model}: layout {family} expects {expected}; the model gives {seen.shapes()}"
        )


def grid(width: int, height: int, strides: tuple[int, ...]) -> tuple[F32, F32]:
    """Column and row of each cell (n, 2), and the stride of its grid (n, 1), grid by grid."""
    corners, sizes = [], []
    for stride in strides:
        rows, columns = np.indices((-(-height // stride), -(-width // stride)), np.float32)
        corners.append(np.stack((columns.ravel(), rows.ravel()), axis=1))
        sizes.append(np.full((columns.size, 1), stride, np.float32))
    return np.concatenate(corners), np.concatenate(sizes)


def best_class(scores: F32, least: float) -> tuple[I64, F32, I32]:
    """Rows of (n, C) whose best class has more than `least`, with that score and class."""
    score = scores.max(axis=1)
    rows = np.flatnonzero(score > least)
    return rows, score[rows], scores[rows].argmax(axis=1).astype(np.int32)


def sigmoid(logits: F32) -> F32:
    """1 / (1 + e^-x), without overflow."""
    odds: F32 = np.exp(-np.abs(logits))
    share: F32 = np.where(logits >= 0, 1 / (1 + odds), odds / (1 + odds)).astype(np.float32)
    return share


def float32(array: npt.NDArray[Any]) -> F32:
    """The same numbers as float32; no copy where they are already."""
    return array.astype(np.float32, copy=False)
