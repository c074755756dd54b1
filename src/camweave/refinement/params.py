"""What can be set on the refinement of one camera's tracklets."""

import math
from dataclasses import dataclass
from typing import Literal

from camweave.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class RefineParams:
    """Knobs of `refine`. Evidence is in nats: 0 is even odds, 3 is 20 to 1.

    How far objects stray from their course is learned from each recording, so one set serves all.
    docs/adr/0013-refinement.md says how the defaults were chosen.
    """

    doubt: float = 0.25  # s: who was not seen for longer may have been mistaken by the tracker
    most_gap: float = 5.0  # s that the parts of one path may lie apart
    window: float = 1.0  # s of path that tell where an end is and how it moves
    least_evidence: float = -0.7  # nats from which on two parts are one
    returns: float = 0.9  # probability that somebody who is lost is found again
    absence: float = 1.5  # s that this takes, on average
    trust: float = -2.0  # nats that the tracker's own link over a gap has to begin with
    border: float = 1.0  # nats against a return, for each end that leads out of the image
    other_class: float = 2.0  # nats against a path that changes its class
    jump: float = 12.0  # nats against one step of a path from which on it is cut there
    looks: float = 4.0  # nats by which two halves of a path must look like two, to be cut
    least_crops: int = 2  # embedded crops on each side of such a cut
    twin: float = 0.7  # two paths that overlap so much as long as the shorter lasts are one object
    fill: float = 2.0  # s: longest gap that is filled
    vague: float = 0.3  # heights: longer than paths keep to this, no gap is filled
    filling: Literal["linear", "gaussian", "none"] = "gaussian"
    shortest: float = 0.2  # s: a path that lasts less is a false start
    faint: float = 0.85  # and one below `faint_under`, whose score is less than this x the usual
    faint_under: float = 1.0  # s

    def __post_init__(self) -> None:
        for name in ("doubt", "most_gap", "fill", "vague", "shortest", "faint", "faint_under"):
            value = getattr(self, name)
            _check(name, value, "0 or more", good=0 <= value < math.inf)
        for name in ("window", "absence"):
            value = getattr(self, name)
            _check(name, value, "more than 0 s", good=0 < value < math.inf)
        for name in ("least_evidence", "trust"):
            value = getattr(self, name)
            _check(name, value, "a number of nats", good=math.isfinite(value))
        for name in ("border", "other_class", "jump", "looks"):
            value = getattr(self, name)
            _check(name, value, "0 nats or more", good=value >= 0)
        _check("returns", self.returns, "more than 0 and up to 1", good=0 < self.returns <= 1)
        _check("twin", self.twin, "more than 0 and up to 1", good=0 < self.twin <= 1)
        _check("least_crops", self.least_crops, "1 or more", good=self.least_crops >= 1)
        known = ("linear", "gaussian", "none")
        _check("filling", self.filling, ", ".join(known), good=self.filling in known)


def _check(name: str, value: object, expected: str, *, good: bool) -> None:
    if not good:
        raise InputError(f"refine: {name}: expected {expected}, got {value}")
