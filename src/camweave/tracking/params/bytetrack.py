"""The parameters of ByteTrack."""

from dataclasses import dataclass
from typing import Literal

from camweave.core.errors import InputError
from camweave.tracking.params.checks import check, check_seconds, check_share


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteTrackParams:
    """Knobs of `ByteTrack`. A cost is 1 - overlap.

    The defaults are ours; `ByteTrackParams.published()` has the authors'. docs/parity-bytetrack.md
    says what each difference is worth.
    """

    kind: Literal["bytetrack"] = "bytetrack"
    high: float = 0.6  # from this score on, a detection is strong: any track may take it
    low: float = 0.05  # from this score on, it is weak: it may keep a track, not begin one
    birth: float = 0.1  # a strong one begins a track from `high + birth` on
    match: float = 0.8  # most that a pair may cost, among confirmed and lost tracks
    second: float = 0.4  # the same, for weak detections
    unconfirmed: float = 0.7  # the same, for tracks seen once
    fuse_score: bool = True  # cost is 1 - overlap * score, weak ones excepted
    patience: float = 1.5  # s that a lost track waits for its object
    duplicate: float = 0.85  # of a lost and a seen track that overlap more, the younger ends
    class_aware: bool = False  # True: a track takes detections of its own class only
    filter: Literal["xywh", "xyah"] = "xywh"  # what moves steadily: width, or width / height
    velocity_noise: float = 1 / 120  # of a step, as a share of the box's height
    smoothing: float = 0.6  # of the shown box: 1 is the filter's, as in the paper; 0 the detection

    @classmethod
    def published(cls) -> "ByteTrackParams":
        """The authors' values, with their 30 frames of memory at 30 frames/s as 1 s."""
        return cls(
            low=0.1,
            second=0.5,
            patience=1.0,
            filter="xyah",
            velocity_noise=1 / 160,
            smoothing=1.0,
        )

    def __post_init__(self) -> None:
        check("high", self.high, "a score from 0 to 1", good=0 <= self.high <= 1)
        check("low", self.low, "a score from 0 to `high`", good=0 <= self.low <= self.high)
        check("birth", self.birth, "0 to 1", good=0 <= self.birth <= 1)
        for name in ("match", "second", "unconfirmed", "duplicate"):
            check_share(name, getattr(self, name))
        check_seconds("patience", self.patience)
        noise = self.velocity_noise
        check("velocity_noise", noise, "more than 0 and up to 1", good=0 < noise <= 1)
        if self.filter not in ("xywh", "xyah"):
            raise InputError(f"tracker: filter: expected xywh or xyah, got {self.filter}")
        check("smoothing", self.smoothing, "0 to 1", good=0 <= self.smoothing <= 1)
