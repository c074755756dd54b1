"""The parameters of weave."""

from dataclasses import dataclass
from typing import Literal

from camweave.tracking.params.checks import check, check_seconds, check_share


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaveParams:
    """Knobs of `Weave`. A cost is 1 - overlap. docs/adr/0014-weave.md has what each is worth."""

    kind: Literal["weave"] = "weave"
    high: float = 0.55  # from this score on, a detection is strong: any track may take it
    low: float = 0.05  # from this score on, it is weak: it may keep a track, not begin one
    birth: float = 0.05  # a strong one begins a track from `high + birth` on
    match: float = 0.84  # most that a pair may cost, among confirmed and lost tracks
    second: float = 0.4  # the same, for weak detections
    unconfirmed: float = 0.7  # the same, for tracks seen once
    heights: float = 0.7  # how far unlike heights lessen an overlap; 0 does not look at them
    crowding: float = 1.0  # how much noisier a box is that is all covered by a nearer one
    learning: float = 0.02  # of how restless objects are here, with each sight; 0 never learns
    moving_camera: bool = True  # follow the motion that all tracks share, once it is certain
    patience: float = 2.0  # s that a lost track waits for its object
    duplicate: float = 0.85  # of a lost and a seen track that overlap more, the younger ends
    class_aware: bool = False  # True: a track takes detections of its own class only
    velocity_noise: float = 1 / 120  # of a step, as a share of the box's height
    smoothing: float = 0.6  # of the shown box: 1 is the filter's, 0 the detection

    def __post_init__(self) -> None:
        check("high", self.high, "a score from 0 to 1", good=0 <= self.high <= 1)
        check("low", self.low, "a score from 0 to `high`", good=0 <= self.low <= self.high)
        for name in ("match", "second", "unconfirmed", "duplicate"):
            check_share(name, getattr(self, name))
        for name in ("birth", "heights", "learning", "smoothing"):
            check(name, getattr(self, name), "0 to 1", good=0 <= getattr(self, name) <= 1)
        check("crowding", self.crowding, "0 to 100", good=0 <= self.crowding <= 100)  # noqa: PLR2004 - far more than is of use
        check_seconds("patience", self.patience)
        noise = self.velocity_noise
        check("velocity_noise", noise, "more than 0 and up to 1", good=0 < noise <= 1)
