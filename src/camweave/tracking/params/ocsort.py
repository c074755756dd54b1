"""The parameters of OC-SORT."""

from dataclasses import dataclass
from typing import Literal

from camweave.tracking.params.checks import check, check_count, check_seconds, check_share


@dataclass(frozen=True, slots=True, kw_only=True)
class OcSortParams:
    """Knobs of `OcSort`.

    The defaults are ours; `OcSortParams.published()` has the authors'. docs/parity-ocsort.md says
    what each difference is worth.
    """

    kind: Literal["ocsort"] = "ocsort"
    high: float = 0.6  # least score of a detection that any track may take, or that begins one
    low: float = 0.1  # least score of one that may keep a track; counts only with `byte`
    overlap: float = 0.3  # least that a track and its detection share
    min_hits: int = 1  # sights in a row, beyond the first, until a track is shown
    patience: float = 1.5  # s that a track may be unseen
    look_back: float = 0.1  # s over which a direction of motion is told; 8 sights at most
    inertia: float = 0.2  # weight of a steady direction, beside that of the overlap
    byte: bool = True  # True: a second round for detections from `low` to `high`
    class_aware: bool = False  # True: a track takes detections of its own class only
    smoothing: float = 0.2  # of the shown box: 0 the detection, as in the paper; 1 the filter's

    @classmethod
    def published(cls) -> "OcSortParams":
        """The authors' values, with their 30 and 3 frames at 30 frames/s as 1 s and 0.1 s."""
        return cls(min_hits=3, patience=1.0, byte=False, smoothing=0.0)

    def __post_init__(self) -> None:
        check("high", self.high, "a score from 0 to 1", good=0 <= self.high <= 1)
        check("low", self.low, "a score from 0 to `high`", good=0 <= self.low <= self.high)
        check_share("overlap", self.overlap)
        check_count("min_hits", self.min_hits)
        check_seconds("patience", self.patience)
        check_seconds("look_back", self.look_back)
        check("inertia", self.inertia, "0 to 1", good=0 <= self.inertia <= 1)
        check("smoothing", self.smoothing, "0 to 1", good=0 <= self.smoothing <= 1)
