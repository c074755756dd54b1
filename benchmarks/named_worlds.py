"""Recorded worlds by name, seed and kind of trouble, with who is who, and a score in milliseconds.

world = named_world("campus", 3, trouble="switches")
world.score(link(world.sightings, world.topology).identities)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from benchmarks.scoring import Couples, couples_of_boxes, couples_of_rows, rows_of
from camweave.core.arrays import I64
from camweave.core.identities import Identities
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import Tracklets
from camweave.evaluation.preprocess import Countable
from camweave.evaluation.scores import IdentityScores
from camweave.linking.ground import paths_of
from camweave.linking.sightings import sightings_of
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.recorded.city.city import build_city, log_city, record_city
from camweave.sources.synthetic.recorded.city.regimes import REGIMES, regime
from camweave.sources.synthetic.recorded.filming import film_scenario
from camweave.sources.synthetic.recorded.params import RecordedParams
from camweave.sources.synthetic.recorded.presets import preset
from camweave.sources.synthetic.recorded.recorded import record_detections, record_footages_of
from camweave.sources.synthetic.recorded.site import RecordedLog, RecordedSite
from camweave.sources.synthetic.scenarios import make_scenario

SCENARIOS: Final = {"crossroad": 300.0, "street": 300.0, "campus": 600.0, "highway": 300.0}  # s
SHORT: Final = 60.0  # s of the others
FPS: Final = 10.0  # frames/s at which scenarios are recorded
WORLDS: Final = (*SCENARIOS, *REGIMES)
CLEAR: Final = Countable(height=25.0, visibility=0.5)  # see docs/scores.md


@dataclass(frozen=True, eq=False)
class NamedWorld:
    """A recorded site, ready to be linked and scored. Rows are as in `sightings_of`."""

    name: str
    seed: int
    trouble: str
    site: RecordedSite

    @property
    def tracklets(self) -> tuple[Tracklets, ...]:
        """What to link."""
        return self.site.tracklets

    @property
    def topology(self) -> Topology:
        """The true layout."""
        return self.site.topology

    @property
    def objects(self) -> I64:
        """(N,) who each tracklet really is."""
        return self.site.objects

    @cached_property
    def sightings(self) -> Sightings:
        """The same as a linker sees them, without places on the ground."""
        return sightings_of(self.tracklets)

    @cached_property
    def on_ground(self) -> Sightings:
        """With places on the ground, as the true homographies have them."""
        cameras = self.site.cameras
        paths = {one.tracklets.camera: paths_of(one.tracklets, one.homography) for one in cameras}
        return sightings_of(self.tracklets, paths)

    @cached_property
    def _rows(self) -> Couples:
        who = np.concatenate([camera.row_object for camera in self.site.cameras])
        return couples_of_rows(who, rows_of(self.tracklets), len(self.objects))

    def score(self, identities: Identities | I64) -> IdentityScores:
        """Identity scores if every row of a tracklet were a true box, and nobody were missed.

        This is the linker's own share of the official scores: `evaluate` gives the same numbers
        for the rows' boxes with their objects' ids as truth. Who is not linked is alone.
        """
        return self._rows.scores(identities)

    @cached_property
    def _boxes(self) -> Couples:
        return couples_of_boxes(self.site)

    @cached_property
    def _clear(self) -> Couples:
        return couples_of_boxes(self.site, CLEAR)

    def official(self, identities: Identities | I64) -> IdentityScores:
        """Identity scores against the true boxes of all cameras; who is not linked is alone."""
        return self._boxes.scores(identities)

    def clear(self, identities: Identities | I64) -> IdentityScores:
        """The same, of those who are large and open enough: what is not `CLEAR` is forgiven."""
        return self._clear.scores(identities)


def named_world(
    name: str,
    seed: int,
    *,
    trouble: str = "plain",
    seconds: float | None = None,
    cameras: int | None = None,
    tracklets: int | None = None,
    crops: int | None = None,
) -> NamedWorld:
    """A world of WORLDS under one of `presets.PRESETS`.

    `cameras` and `tracklets` are for made-up cities; a scenario takes `cameras` and `seconds`.
    """
    if name in REGIMES:
        made = build_city(regime(name, seed=seed, cameras=cameras, tracklets=tracklets))
        told = preset(trouble, cameras=made.names, seconds=made.seconds, seed=seed)
        return NamedWorld(name, seed, trouble, record_city(made, _with(told, crops)))
    scenario = scenario_of(name, seed, cameras=cameras, seconds=seconds)
    params = _with(_told(scenario, trouble), crops)
    return NamedWorld(
        name, seed, trouble, record_footages_of(scenario, film_scenario(scenario, fps=FPS), params)
    )


def troubled(name: str, seed: int, troubles: Iterable[str]) -> Iterator[NamedWorld]:
    """One scenario under several presets, filmed once."""
    scenario = scenario_of(name, seed)
    footages = tuple(film_scenario(scenario, fps=FPS))
    for trouble in troubles:
        params = _told(scenario, trouble)
        yield NamedWorld(name, seed, trouble, record_footages_of(scenario, footages, params))


def named_logs(name: str, seed: int, *, trouble: str = "plain") -> tuple[RecordedLog, ...]:
    """The detections with embeddings of the world of that name, for the live line."""
    if name in REGIMES:
        made = build_city(regime(name, seed=seed))
        return log_city(made, preset(trouble, cameras=made.names, seconds=made.seconds, seed=seed))
    scenario = scenario_of(name, seed)
    return record_detections(scenario, _told(scenario, trouble))


def scenario_of(
    name: str, seed: int, *, cameras: int | None = None, seconds: float | None = None
) -> Scenario:
    """The drawn scenario of that name, as long as it is recorded."""
    length = SCENARIOS.get(name, SHORT) if seconds is None else seconds
    return make_scenario(name, seconds=length, seed=seed, cameras=cameras)


def _told(scenario: Scenario, trouble: str) -> RecordedParams:
    names = [spec.name for spec in scenario.cameras]
    return preset(trouble, cameras=names, seconds=scenario.seconds, seed=scenario.seed, fps=FPS)


def _with(params: RecordedParams, crops: int | None) -> RecordedParams:
    return params if crops is None else replace(params, crops=crops)
