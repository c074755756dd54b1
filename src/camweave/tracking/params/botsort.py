"""The parameters of BoT-SORT."""

import math
from dataclasses import dataclass
from typing import Literal

from camweave.core.errors import InputError
from camweave.tracking.params.checks import check, check_seconds, check_share


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSortParams:
    """Knobs of `BotSort`. A cost is 1 - overlap, or half a cosine distance where that is less.

    The defaults are ours; `BotSortParams.published()` has the authors'. docs/parity-botsort.md
    says what each difference is worth.
    """

    kind: Literal["botsort"] = "botsort"
    high: float = 0.6  # from this score on, a detection is strong: any track may take it
    low: float = 0.1  # from this score on, it is weak: it may keep a track, not begin one
    birth: float = 0.1  # a strong one begins a track from `high + birth` on
    sure: float = 0.95  # from this on it is shown at once, not when it is seen again; inf: never
    match: float = 0.8  # most that a pair may cost, among confirmed and lost tracks
    second: float = 0.4  # the same, for weak detections
    unconfirmed: float = 0.7  # the same, for tracks seen once
    fuse_score: bool = True  # cost is 1 - overlap * score, weak ones excepted
    patience: float = 1.25  # s that a lost track waits for its object
    duplicate: float = 0.85  # of a lost and a seen track that overlap more, the younger ends
    class_aware: bool = False  # True: a track takes detections of its own class only
    filter: Literal["bytetrack", "botsort"] = "bytetrack"  # botsort: noise of x and w by width
    velocity_noise: float = 1 / 120  # of a step, as a share of the box's height
    smoothing: float = 0.6  # of the shown box: 1 is the filter's, as in the paper; 0 the detection
    proximity: float = 0.5  # looks count for a pair whose 1 - overlap is no more than this
    appearance: float = 0.25  # and whose looks differ by no more, as half a cosine distance
    keep: float = 0.9  # of a track's look when a new one is mixed in
    refresh: float = 0.5  # s between two looks at who is alone; 0: at all strong detections, always

    @classmethod
    def published(cls) -> "BotSortParams":
        """The authors' values, with their 30 frames of memory at 30 frames/s as 1 s."""
        return cls(
            second=0.5,
            patience=1.0,
            filter="botsort",
            sure=math.inf,
            velocity_noise=1 / 160,
            smoothing=1.0,
            refresh=0.0,
        )

    def __post_init__(self) -> None:
        check("high", self.high, "a score from 0 to 1", good=0 <= self.high <= 1)
        check("low", self.low, "a score from 0 to `high`", good=0 <= self.low <= self.high)
        check("birth", self.birth, "0 to 1", good=0 <= self.birth <= 1)
        check("sure", self.sure, "a score", good=self.sure >= 0)
        for name in ("match", "second", "unconfirmed", "duplicate", "proximity", "appearance"):
            check_share(name, getattr(self, name))
        for name in ("patience", "refresh"):
            check_seconds(name, getattr(self, name))
        noise = self.velocity_noise
        check("velocity_noise", noise, "more than 0 and up to 1", good=0 < noise <= 1)
        if self.filter not in ("bytetrack", "botsort"):
            raise InputError(f"tracker: filter: expected bytetrack or botsort, got {self.filter}")
        for name in ("smoothing", "keep"):
            check(name, getattr(self, name), "0 to 1", good=0 <= getattr(self, name) <= 1)
