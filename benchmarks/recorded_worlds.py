"""Recorded worlds to be linked, and how well a labelling of their tracklets scores."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from camweave.core.arrays import I64
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED, BoxTable
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.identity import most_together
from camweave.evaluation.matching import joined_key
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.preprocess import mot_challenge
from camweave.evaluation.scores import IdentityScores
from camweave.evaluation.tables import of_tracklets
from camweave.linking.ground import paths_of
from camweave.linking.sightings import sightings_of
from camweave.sources.synthetic.recorded.presets import preset
from camweave.sources.synthetic.recorded.recorded import record_site
from camweave.sources.synthetic.recorded.site import RecordedSite
from camweave.sources.synthetic.scenarios import make_scenario

FPS = 8.0  # frames/s, the specification's
CLOSE = 0.5  # overlap from which on a box is on its object
BIG = 1 << 32  # more than the tracklets of a camera

Kind = Literal["plain", "fragments"]


@dataclass(frozen=True)
class Couples:
    """How often each tracklet stands on each object: enough to score any labelling exactly."""

    objects: I64  # (K,)
    row: I64  # (K,) row of the sightings
    frames: I64  # (K,) in which they overlap enough
    length: I64  # (N,) boxes of each tracklet
    truth: int  # boxes that there are
    found: int  # of them, those that some tracklet is on


@dataclass(frozen=True)
class World:
    """One recorded site, ready to be linked."""

    name: str
    seed: int
    kind: Kind
    site: RecordedSite
    sightings: Sightings
    couples: Couples

    def scores(self, labels: I64) -> IdentityScores:
        """Multi-camera identity scores of labels (N,); who is not linked has an id of its own."""
        return identity_of(self.couples, labels)

    def idf1(self, labels: I64) -> float:
        """Multi-camera IDF1."""
        return self.scores(labels).idf1

    def idf1_of_found(self, labels: I64) -> float:
        """The same, of the true boxes that any tracklet is on: what linking can be blamed for."""
        scores = self.scores(labels)
        missed = self.couples.truth - self.couples.found
        return IdentityScores(tp=scores.tp, fn=scores.fn - missed, fp=scores.fp).idf1

    @property
    def on_ground(self) -> Sightings:
        """The tracklets with their places on the ground, as the true homographies have them."""
        cameras = self.site.cameras
        paths = {one.tracklets.camera: paths_of(one.tracklets, one.homography) for one in cameras}
        return sightings_of(self.site.tracklets, paths)

    @property
    def layout(self) -> Topology:
        """The true one."""
        return self.site.topology


def make_world(name: str, *, seconds: float, seed: int, kind: Kind) -> World:
    """A scenario as recorded detections; equal arguments give equal worlds."""
    scenario = make_scenario(name, seconds=seconds, seed=seed)
    cameras = [spec.name for spec in scenario.cameras]
    params = preset(kind, cameras=cameras, seconds=seconds, seed=seed, fps=FPS)
    site = record_site(scenario, params)
    return World(name, seed, kind, site, sightings_of(site.tracklets), couples_of(site))


def couples_of(site: RecordedSite) -> Couples:
    """Count, once, in how many frames each tracklet is on each object."""
    count = sum(len(each) for each in site.tracklets)
    result = labelled(site, np.arange(count))
    truth, found = mot_challenge(*join_cameras(truth_of(site), result), rules="forgiving")
    pairs = overlaps(truth, found)
    close = pairs.where(pairs.overlap >= CLOSE)
    couples, frames = np.unique(joined_key(close), return_counts=True)
    objects, row = np.divmod(couples, max(1, close.result_ids))
    return Couples(
        objects=objects.astype(np.int64),
        row=np.unique(found.object_id)[row],
        frames=frames.astype(np.int64),
        length=np.bincount(found.object_id, minlength=count).astype(np.int64),
        truth=len(truth),
        found=len(np.unique(close.truth_row)),
    )


def truth_of(site: RecordedSite) -> dict[str, BoxTable]:
    """The true boxes of every camera."""
    return {str(camera): table for camera, table in site.truth.items()}


def identity_of(couples: Couples, labels: I64) -> IdentityScores:
    """As `evaluate` scores the boxes under these labels, without looking at boxes again."""
    own = np.where(labels == UNLINKED, BIG + np.arange(len(labels)), labels)
    number = np.unique(own, return_inverse=True)[1]
    key = couples.objects * (int(number.max(initial=0)) + 1) + number[couples.row]
    pairs, where = np.unique(key, return_inverse=True)
    frames = np.bincount(where, couples.frames, len(pairs)).astype(np.int64)
    objects, label = np.divmod(pairs, int(number.max(initial=0)) + 1)
    tp = most_together(objects, label.astype(np.int64), frames)
    return IdentityScores(tp=tp, fn=couples.truth - tp, fp=int(couples.length.sum()) - tp)


def labelled(site: RecordedSite, labels: I64) -> dict[str, BoxTable]:
    """The boxes of every camera under these labels (N,), as files would hold them."""
    own = np.where(labels == UNLINKED, BIG + np.arange(len(labels)), labels)
    out: dict[str, BoxTable] = {}
    first = 0
    for tracklets in sorted(site.tracklets, key=lambda each: each.camera):
        mine = own[first : first + len(tracklets)]
        first += len(tracklets)
        at = dict(zip(tracklets.tracklet_id.tolist(), mine.tolist(), strict=True))
        table = of_tracklets(tracklets)
        ids = np.array([at[track] for track in table.object_id.tolist()], np.int64)
        out[str(tracklets.camera)] = _named(table, ids)
    return out


def worlds(
    names: Mapping[str, float], seeds: tuple[int, ...], kinds: tuple[Kind, ...]
) -> Iterator[World]:
    """Every scenario (with its seconds), seed and kind, one at a time: they are large."""
    for name, seconds in names.items():
        for seed in seeds:
            for kind in kinds:
                yield make_world(name, seconds=seconds, seed=seed, kind=kind)


def _named(table: BoxTable, ids: I64) -> BoxTable:
    return BoxTable(
        frame=table.frame,
        object_id=ids,
        xyxy=table.xyxy,
        score=table.score,
        class_id=table.class_id,
        visibility=table.visibility,
    )
