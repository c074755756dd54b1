"""What a made-up city is like."""

import math
from dataclasses import dataclass

from camweave.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class CityParams:
    """Knobs of `city`. A tracklet here is a passage of an object through a camera's view."""

    cameras: int = 50
    tracklets: int = 20_000  # about so many, all cameras together
    seed: int = 1
    per_minute: float = 12.0  # tracklets in a camera
    views: int = 1  # cameras at each junction that has any; from 2 on they overlap
    watched: float = 0.7  # share of the junctions that have cameras
    block: float = 170.0  # m between neighbouring junctions
    loops: float = 0.5  # share of the streets beyond a spanning tree that exist
    one_way: float = 0.25  # share of those that lead one way only
    corridor: bool = False  # all junctions in a row, with side streets
    signals: float = 0.4  # share of the junctions with a traffic light
    people: float = 0.2  # share of the objects that walk
    revisits: float = 0.2  # share of the journeys that are followed by one back
    parks: float = 0.03  # chance of a long stop in a street between two junctions
    look_alikes: float = 0.33  # share of the vehicles that share model and paint with others
    family: int = 8  # vehicles that look alike, on average
    fps: float = 5.0  # frames/s
    size: tuple[int, int] = (960, 540)  # px

    def __post_init__(self) -> None:
        _check("cameras", self.cameras, "1 to 1000", good=1 <= self.cameras <= 1000)  # noqa: PLR2004 - said in words
        _check("tracklets", self.tracklets, "1 or more", good=self.tracklets >= 1)
        _check("views", self.views, "1 to 8", good=1 <= self.views <= 8)  # noqa: PLR2004 - said in words
        _check("family", self.family, "1 or more", good=self.family >= 1)
        for name in ("per_minute", "block", "fps"):
            number = getattr(self, name)
            _check(name, number, "more than 0", good=0 < number < math.inf)
        for name in ("loops", "one_way", "signals", "people", "revisits", "parks", "look_alikes"):
            share = getattr(self, name)
            _check(name, share, "a share, 0 to 1", good=0 <= share <= 1)
        _check("watched", self.watched, "above 0, up to 1", good=0 < self.watched <= 1)


def _check(name: str, value: object, expected: str, *, good: bool) -> None:
    if not good:
        raise InputError(f"city: {name}: expected {expected}, got {value}")
