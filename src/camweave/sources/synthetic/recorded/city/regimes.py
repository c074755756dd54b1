"""Made-up cities by name, each hard in its own way; none is like the drawn scenarios' plans."""

from dataclasses import replace
from typing import Final

from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean
from camweave.sources.synthetic.recorded.city.params import CityParams

REGIMES: Final = {
    # 50 cameras, 20,000 tracklets: streets, signals, stops, journeys back.
    "city": CityParams(),
    # Seven junctions in a row, side streets where some leave and others join.
    "corridor": CityParams(
        cameras=6, tracklets=1200, corridor=True, watched=0.62, people=0.1, parks=0.01
    ),
    # Two junctions, four overlapping views each.
    "squares": CityParams(
        cameras=8, tracklets=1600, views=4, people=0.45, per_minute=22.0, parks=0.0
    ),
    # Short ways, mostly on foot, many come back, a third of the vehicles look alike.
    "grounds": CityParams(
        cameras=12, tracklets=2000, block=70.0, people=0.6, revisits=0.4, signals=0.0,
        per_minute=16.0, watched=0.85,
    ),
    # Cameras far apart: long unseen ways, wide windows, two thirds look alike.
    "far": CityParams(
        cameras=16, tracklets=2500, watched=0.35, look_alikes=0.66, family=15, parks=0.06
    ),
    # One vehicle after the other along one-way streets.
    "rush": CityParams(
        cameras=12, tracklets=3000, per_minute=45.0, people=0.05, one_way=0.7, signals=0.8,
        revisits=0.05,
    ),
}  # fmt: skip


def regime(
    name: str, *, seed: int = 1, cameras: int | None = None, tracklets: int | None = None
) -> CityParams:
    """The params of a named city, with other numbers of cameras and tracklets where given.

    Raises:
        InputError: there is none of that name.
    """
    if name not in REGIMES:
        raise InputError(f"no city {name!r}{did_you_mean(name, tuple(REGIMES))}")
    told = REGIMES[name]
    return replace(
        told,
        seed=seed,
        cameras=told.cameras if cameras is None else cameras,
        tracklets=told.tracklets if tracklets is None else tracklets,
    )
