"""A recorded site: what its cameras' trackers made of a world, and what is true of it."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.topology import Topology
from camweave.core.tracks import BoxTable, Tracklets
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.topology import topology_of


@dataclass(frozen=True, slots=True, eq=False)
class RecordedCamera:
    """One camera's tracklets with embeddings, and who they really are."""

    tracklets: Tracklets
    row_object: I64  # (K,) object id of each of the tracklets' rows; the same in all cameras
    tracklet_object: I64  # (M,) whom most of a tracklet's rows show
    truth: BoxTable  # who can be seen in each frame; ids are object ids
    homography: F64  # (3, 3) px to ground m
    offset: float  # s that this camera's clock is ahead of the site's, unknown to the site


@dataclass(frozen=True, slots=True, eq=False)
class RecordedLog:
    """One camera's detections with an embedding each, and who they really are."""

    log: DetectionLog
    object_id: I64  # (N,) of the truth, or -1: a false alarm


@dataclass(frozen=True, slots=True, eq=False)
class TruePassages:
    """Every time that somebody is seen in one camera and next in another; P rows by time."""

    object_id: I64  # (P,)
    source: I64  # (P,) index into the site's cameras
    target: I64  # (P,)
    leave: F64  # (P,) s, last seen in the source, on the site's clock
    enter: F64  # (P,) s, first seen in the target; before `leave` where views overlap


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSite:
    """A whole site, cameras in order of name."""

    name: str
    cameras: tuple[RecordedCamera, ...]
    measured: Topology  # windows of all passages that there were, with how many
    passages: TruePassages
    scenario: Scenario | None = None  # what was recorded, where it has a plan

    @property
    def topology(self) -> Topology:
        """The true layout: what the plan says where there is one, else as measured."""
        return self.measured if self.scenario is None else layout_of(self.scenario)

    @property
    def names(self) -> tuple[CameraId, ...]:
        """The cameras."""
        return tuple(one.tracklets.camera for one in self.cameras)

    @property
    def tracklets(self) -> tuple[Tracklets, ...]:
        """Those of each camera, as `linking.sightings.sightings_of` takes them."""
        return tuple(one.tracklets for one in self.cameras)

    @property
    def truth(self) -> dict[CameraId, BoxTable]:
        """The boxes of each camera, as `evaluation.cameras.join_cameras` takes them."""
        return {one.tracklets.camera: one.truth for one in self.cameras}

    @property
    def objects(self) -> I64:
        """(N,) who each tracklet really is, in the order of `sightings_of`."""
        return np.concatenate([np.empty(0, np.int64), *(c.tracklet_object for c in self.cameras)])


def layout_of(scenario: Scenario) -> Topology:
    """The true topology of a scenario's place, made once for all who pass through it."""
    return _layout_of_place(replace(scenario, seed=0, seconds=1.0))


@lru_cache(maxsize=8)
def _layout_of_place(scenario: Scenario) -> Topology:
    return topology_of(scenario)
