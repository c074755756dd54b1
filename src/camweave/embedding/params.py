"""Which embedder, its knobs, and which crops of a tracklet are worth one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from camweave.core.errors import InputError
from camweave.inference.opening import Backend


@dataclass(frozen=True, slots=True, kw_only=True)
class ReidParams:
    """Knobs of `Reid`: appearance vectors by a re-identification network."""

    kind: Literal["reid"] = "reid"
    model: Path  # .onnx, .xml, .torchscript, or the name without its ending
    card: Path | None = None  # how the model wants its crops; else MODEL.card.yaml beside it
    backend: Backend = "auto"
    threads: int = 0  # runs side by side; 0: one per core
    batch: int = 32  # crops of one run, at most, where the model leaves that free

    def __post_init__(self) -> None:
        if self.threads < 0 or self.batch < 1:
            raise InputError("reid: threads is 0 or more, batch is 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramParams:
    """Knobs of `Histogram`: appearance vectors by colour and shape, without weights."""

    kind: Literal["histogram"] = "histogram"
    bands: int = 3  # from top to bottom, each with its own colours

    def __post_init__(self) -> None:
        if not 1 <= self.bands <= 8:  # noqa: PLR2004 - finer than a crop's own detail
            raise InputError("histogram: bands is 1 to 8")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEmbedder:
    """No appearance: time and place alone."""

    kind: Literal["none"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class CropParams:
    """Which crops of a tracklet are embedded."""

    most: int = 10  # of one tracklet: the best of as many stretches of it
    enough: int = 3  # as many are kept, however blurred
    blurred: float = 0.5  # share of its tracklet's middle sharpness below which a crop is dropped

    def __post_init__(self) -> None:
        if not (1 <= self.enough <= self.most and 0 <= self.blurred < 1):
            raise InputError("crops: 1 <= enough <= most, blurred is 0 to below 1")
