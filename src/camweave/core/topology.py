"""A site's topology: who can follow whom, after how long, and where views meet the ground."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from camweave.core.arrays import F64
from camweave.core.errors import InputError
from camweave.core.frame import CameraId

Point = tuple[float, float]  # px
Origin = Literal["drawn", "learned"]
Ways = Literal["entry", "exit", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of a camera's image in which objects enter its view, or leave it."""

    camera: CameraId
    name: str  # unique within its camera
    outline: tuple[Point, ...]  # px, three points or more
    ways: Ways = "both"
    origin: Origin = "drawn"
    samples: int = 0  # tracklet ends that a learned zone rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Who was last seen in `source` can be first seen in `target`, after `least` to `most` s.

    Less than 0 s is sooner than it was last seen: the views overlap, or nearly so.
    """

    source: CameraId
    target: CameraId
    least: float  # s from the end of one tracklet to the begin of the next
    most: float  # s
    exit_zone: str | None = None  # of `source`; None: from anywhere
    entry_zone: str | None = None  # of `target`
    origin: Origin = "drawn"
    samples: int = 0  # passages that a learned window rests on
    locked: bool = False  # learning leaves it as it is

    def __post_init__(self) -> None:
        if not self.least <= self.most:
            raise InputError(
                f"transition {self.source} -> {self.target}: least ({self.least:g} s) "
                f"is more than most ({self.most:g} s)"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """What is known of how a site's cameras lie to each other; all of it may be absent.

    Without transitions, anybody can follow anybody after any time. With them, a pair of cameras
    that is not listed cannot be followed directly (`strict`), or hardly.
    """

    cameras: tuple[CameraId, ...]
    transitions: tuple[Transition, ...] = ()
    zones: tuple[Zone, ...] = ()
    homographies: Mapping[CameraId, F64] = field(default_factory=dict)  # (3, 3) px to ground m
    strict: bool = False  # windows are walls, not priors
