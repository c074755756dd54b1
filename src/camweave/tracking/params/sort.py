"""The parameters of SORT."""

import math
from dataclasses import dataclass
from typing import Literal

from camweave.tracking.params.checks import check, check_count, check_seconds, check_share


@dataclass(frozen=True, slots=True, kw_only=True)
class SortParams:
    """Knobs of `Sort`.

    The defaults are ours; `SortParams.published()` has the authors'. docs/parity-sort.md says what
    each difference is worth.
    """

    kind: Literal["sort"] = "sort"
    score: float = 0.4  # least of a detection that is taken; of any scale, minus infinity: all
    overlap: float = 0.3  # least that a track and its detection share
    min_hits: int = 1  # sights in a row, beyond the first, until a track is shown
    patience: float = 1.0  # s that a track may be unseen; one frame it may be at any rate
    class_aware: bool = False  # True: a track takes detections of its own class only
    smoothing: float = 0.3  # of the shown box: 1 is the filter's, as in the paper; 0 the detection

    @classmethod
    def published(cls) -> "SortParams":
        """The authors' values, their one frame of memory as 0.04 s: one frame up to 37 frames/s."""
        return cls(score=0.5, min_hits=3, patience=0.04, smoothing=1.0)

    def __post_init__(self) -> None:
        check("score", self.score, "a number", good=self.score < math.inf)
        check_share("overlap", self.overlap)
        check_count("min_hits", self.min_hits)
        check_seconds("patience", self.patience)
        check("smoothing", self.smoothing, "0 to 1", good=0 <= self.smoothing <= 1)
