"""What can be set on DeepSORT."""

import math
from dataclasses import dataclass
from typing import Literal

from camweave.core.errors import InputError
from camweave.tracking.params.checks import check, check_seconds, check_share


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepSortParams:
    """Knobs of `DeepSort`. Looks are embeddings; how unlike two are is their cosine distance.

    The defaults are ours; `DeepSortParams.published()` has the authors'. docs/parity-deepsort.md
    says what each difference is worth.
    """

    kind: Literal["deepsort"] = "deepsort"
    score: float = 0.3  # least of a detection that is taken
    appearance: float = 0.2  # most that a detection may be unlike the nearest of a track's looks
    gate: float = 9.4877  # most, squared, that a box may be off where it is expected: 95 %
    overlap: float = 0.3  # least that a track and its detection share, where looks have not told
    min_hits: int = 3  # sights in a row until a track is shown
    patience: float = 3.0  # s that a lost track waits for its object
    budget: int = 100  # looks that are kept of a track
    refresh: float = 0.2  # s between two of them at least; 0: every one is kept
    class_aware: bool = False  # True: a track takes detections of its own class only
    filter: Literal["xywh", "xyah"] = "xyah"  # what moves steadily: width, or width / height
    velocity_noise: float = 1 / 160  # of a step, as a share of the box's height
    smoothing: float = 0.8  # of the shown box: 1 is the filter's, as in the paper; 0 the detection

    @classmethod
    def published(cls) -> "DeepSortParams":
        """The authors' values, with their 30 frames of memory at 30 frames/s as 1 s."""
        return cls(refresh=0.0, patience=1.0, smoothing=1.0)

    def __post_init__(self) -> None:
        check("score", self.score, "a number", good=self.score < math.inf)
        check("appearance", self.appearance, "0 to 2", good=0 <= self.appearance <= 2)  # noqa: PLR2004 - opposites
        check("gate", self.gate, "more than 0", good=0 < self.gate < math.inf)
        check_share("overlap", self.overlap)
        for name, least in (("min_hits", 2), ("budget", 1)):
            value = getattr(self, name)
            good = isinstance(value, int) and value >= least
            check(name, value, f"a whole number, {least} or more", good=good)
        for name in ("patience", "refresh"):
            check_seconds(name, getattr(self, name))
        noise = self.velocity_noise
        check("velocity_noise", noise, "more than 0 and up to 1", good=0 < noise <= 1)
        if self.filter not in ("xywh", "xyah"):
            raise InputError(f"tracker: filter: expected xywh or xyah, got {self.filter}")
        check("smoothing", self.smoothing, "0 to 1", good=0 <= self.smoothing <= 1)
