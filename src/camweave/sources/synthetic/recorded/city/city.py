"""A made-up city of any number of cameras and tracklets, recorded in seconds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np

from camweave.sources.synthetic.looks import Look, Looks, draw_person, draw_vehicle, gather_looks
from camweave.sources.synthetic.plan import Body
from camweave.sources.synthetic.recorded.city.journeys import Passages, travel
from camweave.sources.synthetic.recorded.city.params import CityParams
from camweave.sources.synthetic.recorded.city.streets import Streets, lay_streets
from camweave.sources.synthetic.recorded.city.views import Hung, hang_cameras, poses_at
from camweave.sources.synthetic.recorded.footage import Footage
from camweave.sources.synthetic.recorded.params import RecordedParams
from camweave.sources.synthetic.recorded.recording import log_footages, record_footages
from camweave.sources.synthetic.recorded.seen import see
from camweave.sources.synthetic.recorded.site import RecordedLog, RecordedSite

CAST: Final = 24  # first word of the seed
PIECES: Final = 1.2  # tracklets that a passage becomes, on average
PILOT: Final = 400  # journeys that tell how many cameras one passes
BODIES: tuple[tuple[Body, float], ...] = (
    ("sedan", 0.42), ("hatch", 0.22), ("suv", 0.16), ("van", 0.12), ("truck", 0.05), ("bus", 0.03),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A city's map, its cameras, and who passes where."""

    params: CityParams
    streets: Streets
    cameras: tuple[Hung, ...]  # in order of name
    passages: Passages
    looks: Looks

    @property
    def names(self) -> tuple[str, ...]:
        """The cameras."""
        return tuple(hung.spec.name for hung in self.cameras)

    @property
    def seconds(self) -> float:
        """How long the cameras film."""
        return seconds_of(self.params)


def city(params: CityParams | None = None, recorded: RecordedParams | None = None) -> RecordedSite:
    """A made-up city as its cameras' trackers see it; equal params give equal cities.

    Its topology holds the windows of all passages that there were.
    """
    return record_city(build_city(params or CityParams()), recorded)


def build_city(params: CityParams) -> City:
    """The city and everybody's journeys, before anything is filmed."""
    streets = lay_streets(params)
    cameras = hang_cameras(streets, params)
    journeys = _journeys(streets, cameras, params)
    passages = travel(streets, params, seconds=seconds_of(params), journeys=journeys)
    return City(params, streets, cameras, passages, draw_looks(passages, params))


def record_city(made: City, params: RecordedParams | None = None) -> RecordedSite:
    """What detector, tracker and embedder make of a city."""
    return record_footages("city", film_city(made), made.looks, params or RecordedParams())


def log_city(made: City, params: RecordedParams | None = None) -> tuple[RecordedLog, ...]:
    """The detections of which `record_city` makes its tracklets, with an embedding each."""
    return log_footages(film_city(made), made.looks, params or RecordedParams())


def film_city(made: City) -> Iterator[Footage]:
    """What each camera films, in order of name."""
    frames = max(int(made.seconds * made.params.fps), 1)
    times = np.arange(frames) / made.params.fps
    for junction, hung in groupby(made.cameras, key=lambda one: one.junction):
        poses = poses_at(made.streets, made.passages, junction, made.params, frames=frames)
        for one in hung:
            yield Footage(one.spec, times, see(poses, made.looks, one.spec))


def seconds_of(params: CityParams) -> float:
    """How long a city is filmed to give as many tracklets as are asked for."""
    return params.tracklets / params.cameras / params.per_minute * 60


def _journeys(streets: Streets, cameras: tuple[Hung, ...], params: CityParams) -> int:
    """How many journeys give as many passages in front of cameras as are asked for."""
    seconds = seconds_of(params)
    pilot = travel(streets, params, seconds=seconds, journeys=PILOT)
    seen = np.zeros(len(streets.place))
    for hung in cameras:
        seen[hung.junction] += 1
    inside = (pilot.arrive > 0) & (pilot.arrive < seconds)
    each = seen[pilot.junction[inside]].sum() / PILOT
    return max(1, round(params.tracklets / max(float(each) * PIECES, 1e-3)))


def draw_looks(passages: Passages, params: CityParams) -> Looks:
    """Everybody's looks; some vehicles share body and paint with a few others."""
    rng = np.random.default_rng([params.seed, CAST])
    alike = rng.random(len(passages.walks)) < params.look_alikes
    families = max(1, round(np.count_nonzero(alike & ~passages.walks) / params.family))
    common = [draw_vehicle(rng, BODIES[:4]) for _ in range(families)]
    chosen = rng.integers(families, size=len(alike)).tolist()
    looks: list[Look] = []
    for walks, same, family in zip(passages.walks.tolist(), alike.tolist(), chosen, strict=True):
        if walks:
            looks.append(draw_person(rng))
        elif same:
            looks.append(replace(common[family], scale=float(0.97 + 0.06 * rng.random())))
        else:
            looks.append(draw_vehicle(rng, BODIES))
    return gather_looks(looks)
