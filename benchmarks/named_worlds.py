"""Recorded worlds by name, seed and kind of trouble, with who is who, and a score in milliseconds.

world = named_world("campus", 3, trouble="switches")
sightings = sightings_of(world.tracklets)
world.score(link(sightings, world.topology).identities)
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from benchmarks.recorded_worlds import Couples, couples_of, identity_of
from camweave.core.arrays import I64
from camweave.core.errors import ShapeError
from camweave.core.identities import Identities
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED, Tracklets
from camweave.evaluation.identity import most_together
from camweave.evaluation.scores import IdentityScores
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.recorded.city.city import build_city, log_city, record_city
from camweave.sources.synthetic.recorded.city.regimes import REGIMES, regime
from camweave.sources.synthetic.recorded.params import RecordedParams
from camweave.sources.synthetic.recorded.presets import preset
from camweave.sources.synthetic.recorded.recorded import record_detections, record_site
from camweave.sources.synthetic.recorded.site import RecordedLog, RecordedSite
from camweave.sources.synthetic.scenarios import make_scenario

SCENARIOS: Final = {"crossroad": 300.0, "street": 300.0, "campus": 600.0, "highway": 300.0}  # s
SHORT: Final = 60.0  # s of the others
ALONE: Final = 1 << 40  # above all identities
FPS: Final = 10.0  # frames/s at which scenarios are recorded
WORLDS: Final = (*SCENARIOS, *REGIMES)


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
    def _shown(self) -> tuple[I64, I64, I64]:
        """Object, tracklet, and how many rows of the tracklet show it."""
        lengths = [np.diff(one.offsets) for one in self.tracklets]
        tracklet = np.repeat(np.arange(len(self.objects)), np.concatenate(lengths))
        who = np.concatenate([camera.row_object for camera in self.site.cameras])
        return together(who, tracklet, np.ones(len(who), np.int64))

    def score(self, identities: Identities | I64) -> IdentityScores:
        """Identity scores if every row of a tracklet were a true box, and nobody were missed.

        This is the linker's own share of the official scores: `evaluate` gives the same numbers
        for the rows' boxes with their objects' ids as truth. Who is not linked is alone.
        """
        given = _given(identities, len(self.objects))
        own = np.where(given == UNLINKED, ALONE + np.arange(len(given)), given)
        who, tracklet, rows = self._shown
        matched = most_together(*together(who, own[tracklet], rows))
        wrong = int(rows.sum()) - matched
        return IdentityScores(tp=matched, fn=wrong, fp=wrong)

    @cached_property
    def _couples(self) -> Couples:
        return couples_of(self.site)

    def official(self, identities: Identities | I64) -> IdentityScores:
        """Identity scores against the true boxes of all cameras; who is not linked is alone."""
        return identity_of(self._couples, _given(identities, len(self.objects)))


def together(one: I64, other: I64, times: I64) -> tuple[I64, I64, I64]:
    """Each couple of ids once, with the sum of its `times`."""
    ones, a = np.unique(one, return_inverse=True)
    others, b = np.unique(other, return_inverse=True)
    couples, place = np.unique(a * len(others) + b, return_inverse=True)
    total = np.bincount(place, weights=times, minlength=len(couples)).astype(np.int64)
    return ones[couples // len(others)], others[couples % len(others)], total


def _given(identities: Identities | I64, count: int) -> I64:
    given = identities.identity if isinstance(identities, Identities) else identities
    if len(given) != count:
        raise ShapeError(f"identities: expected those of {count} tracklets, got {len(given)}")
    return given


def named_world(
    name: str,
    seed: int,
    *,
    trouble: str = "plain",
    cameras: int | None = None,
    tracklets: int | None = None,
    crops: int | None = None,
) -> NamedWorld:
    """A world of WORLDS under one of `presets.PRESETS`.

    `cameras` and `tracklets` are for made-up cities; a scenario takes `cameras` alone.
    """
    if name in REGIMES:
        made = build_city(regime(name, seed=seed, cameras=cameras, tracklets=tracklets))
        told = preset(trouble, cameras=made.names, seconds=made.seconds, seed=seed)
        return NamedWorld(name, seed, trouble, record_city(made, _with(told, crops)))
    scenario = scenario_of(name, seed, cameras=cameras)
    told = _told(scenario, trouble)
    return NamedWorld(name, seed, trouble, record_site(scenario, _with(told, crops)))


def named_logs(name: str, seed: int, *, trouble: str = "plain") -> tuple[RecordedLog, ...]:
    """The detections with embeddings of the world of that name, for the live line."""
    if name in REGIMES:
        made = build_city(regime(name, seed=seed))
        return log_city(made, preset(trouble, cameras=made.names, seconds=made.seconds, seed=seed))
    scenario = scenario_of(name, seed)
    return record_detections(scenario, _told(scenario, trouble))


def scenario_of(name: str, seed: int, *, cameras: int | None = None) -> Scenario:
    """The drawn scenario of that name, as long as it is recorded."""
    return make_scenario(name, seconds=SCENARIOS.get(name, SHORT), seed=seed, cameras=cameras)


def _told(scenario: Scenario, trouble: str) -> RecordedParams:
    names = [spec.name for spec in scenario.cameras]
    return preset(trouble, cameras=names, seconds=scenario.seconds, seed=scenario.seed, fps=FPS)


def _with(params: RecordedParams, crops: int | None) -> RecordedParams:
    return params if crops is None else replace(params, crops=crops)
