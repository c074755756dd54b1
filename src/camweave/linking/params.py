"""What can be set on the linking of tracklets across cameras."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from camweave.core.errors import InputError

LINKAGES: Final = ("path", "single", "complete", "average", "mean")
LEARN: Final = ("on", "shadow", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkParams:
    """Knobs of linking, in batch and live. Evidence is in nats: 0 is even odds, 3 is 20 to 1.

    `path` learns what a likeness and a travel time say from the site itself. The other linkages
    are the specification's clustering: a cosine of at least `min_similarity`.
    """

    linkage: Literal["path", "single", "complete", "average", "mean"] = "path"
    min_similarity: float = 0.5  # cosine from which on clusters are joined; not of `path`
    min_frames: int = 5  # a tracklet seen in fewer frames makes no identity of its own
    margin: float = 0.05  # cosine by which the best must beat the runner-up; not of `path`
    learn: Literal["on", "shadow", "off"] = "on"  # windows from confident links; shadow: shown only
    strict: bool = False  # windows of the topology are walls, not priors
    most_overlap: float = 0.3  # s two tracklets of one camera may share and be one

    def __post_init__(self) -> None:
        _check("linkage", self.linkage, ", ".join(LINKAGES), good=self.linkage in LINKAGES)
        _check("learn", self.learn, ", ".join(LEARN), good=self.learn in LEARN)
        similar = self.min_similarity
        _check("min_similarity", similar, "a cosine, -1 to 1", good=-1 <= similar <= 1)
        _check("min_frames", self.min_frames, "1 or more", good=self.min_frames >= 1)
        _check("margin", self.margin, "0 to 2", good=0 <= self.margin <= 2)  # noqa: PLR2004 - cosines
        overlap = self.most_overlap
        _check("most_overlap", overlap, "0 s or more", good=0 <= overlap < math.inf)


def _check(name: str, value: object, expected: str, *, good: bool) -> None:
    if not good:
        raise InputError(f"linker: {name}: expected {expected}, got {value}")
