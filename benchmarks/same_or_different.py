"""Crops with the truth of who is on them, and how well vectors tell same from different."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from benchmarks.detecting import CLIP, TRUE_FPS
from camweave.core.arrays import F32, F64, I64, U8, Bool
from camweave.core.stages import Embedder
from camweave.core.tracks import Tracklets
from camweave.embedding.looks import embed_tracklets
from camweave.embedding.unit import unit
from camweave.formats.mot import read_mot
from camweave.ops.crops import cut
from camweave.sources.synthetic.looks import LEGS, PAINT, PERSON, ROOF, TOP, Looks
from camweave.sources.synthetic.oracle import record
from camweave.sources.synthetic.plan import CLASS_NAMES
from camweave.sources.synthetic.scenarios import make_scenario, world_of
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.video import VideoSource

TRUTH_SCALE = np.float32(0.625)  # the truth was drawn on 768 x 576
STEP = 10  # frames of the clip between two that are used
SECONDS = 40.0  # of the small world
SEEDS = (11, 12)  # not those that the histogram's constants were chosen on
LEAST_ROWS = 5  # of a tracklet
NEARLY = 40  # levels within which two colours are nearly one


@dataclass(frozen=True)
class Sample:
    """Crops of one camera, and who is on each."""

    crops: list[U8]
    object_id: I64  # (N,)


@dataclass(frozen=True)
class World:
    """The tracklets of a scenario, camera by camera, with their frames' source and the truth."""

    cameras: list[tuple[SyntheticSource, Tracklets]]  # tracklet_id is the object's
    looks: Looks


@dataclass(frozen=True)
class Pairs:
    """How alike pairs are, and what is true of each."""

    cosine: F64  # (P,)
    same: Bool  # (P,) one object
    akin: Bool  # (P,) two that look nearly alike

    def alike(self) -> "Pairs":
        """Without the pairs that anybody can tell apart."""
        rows = self.same | self.akin
        return Pairs(self.cosine[rows], self.same[rows], self.akin[rows])

    @staticmethod
    def joined(parts: Sequence["Pairs"]) -> "Pairs":
        """All of them."""
        columns = zip(*((p.cosine, p.same, p.akin) for p in parts), strict=True)
        return Pairs(*(np.concatenate(column) for column in columns))


def auc(pairs: Pairs) -> float:
    """The chance that a pair of one object is more alike than one of two."""
    rank = rankdata(pairs.cosine)
    hits, misses = int(pairs.same.sum()), int((~pairs.same).sum())
    return float((rank[pairs.same].sum() - hits * (hits + 1) / 2) / (hits * misses))


def pets_sample(data: Path, step: int = STEP) -> Sample:
    """Crops of the ground truth's boxes in every `step`-th frame of the clip."""
    truth = read_mot(data / "mot/MOT15/PETS09-S2L1/gt/gt.txt")
    crops: list[U8] = []
    rows: list[int] = []
    with VideoSource(data / CLIP, camera="pets", fps=TRUE_FPS) as source:
        for frame in source:
            if frame.stamp.index % step == 0:
                here = np.flatnonzero(truth.frame == frame.stamp.index).tolist()
                rows += here
                crops += [cut(frame.image, truth.xyxy[r] * TRUTH_SCALE).copy() for r in here]
    return Sample(crops, truth.object_id[rows])


def same_camera(sample: Sample, vectors: F32) -> Pairs:
    """All pairs of a sample's crops."""
    one, other = np.triu_indices(len(vectors), 1)
    cosine = (vectors @ vectors.T)[one, other].astype(np.float64)
    same = sample.object_id[one] == sample.object_id[other]
    return Pairs(cosine, same, np.zeros(len(same), np.bool_))


def world_samples(seeds: Sequence[int] = SEEDS, seconds: float = SECONDS) -> list[World]:
    """The plaza of each seed, seen by four cameras with a detector of known faults."""
    worlds = []
    for seed in seeds:
        scenario = make_scenario("plaza", cameras=4, seconds=seconds, seed=seed)
        sources = [SyntheticSource(scenario, spec.name) for spec in scenario.cameras]
        cameras = [(source, true_tracklets(source)) for source in sources]
        worlds.append(World(cameras, world_of(scenario).looks))
    return worlds


def true_tracklets(source: SyntheticSource) -> Tracklets:
    """What a faulty detector sees of each object, as if a perfect tracker had joined it."""
    recording = record(source.full_truth(), source.times, source.spec)
    log, owner = recording.log, recording.object_id
    names, counts = np.unique(owner[owner > 0], return_counts=True)
    names = names[counts >= LEAST_ROWS]
    rows = np.concatenate([np.flatnonzero(owner == name) for name in names])
    lengths = [np.count_nonzero(owner == name) for name in names]
    return Tracklets(
        camera=log.camera,
        fps=log.fps,
        width=log.width,
        height=log.height,
        tracklet_id=names,
        class_id=np.zeros(len(names), np.int32),
        offsets=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        frame=log.frame[rows],
        time=log.frame_times[log.frame[rows]],
        xyxy=log.xyxy[rows],
        score=log.score[rows],
        detection=rows.astype(np.int64),
        class_names=CLASS_NAMES,
    )


class Several:
    """Embedders as one, whose vectors lie side by side: every crop is cut once."""

    def __init__(self, embedders: Sequence[Embedder]) -> None:
        self._embedders = embedders
        self.ends = np.cumsum([0, *(each.dimension for each in embedders)])
        self.name = ", ".join(each.name for each in embedders)
        self.dimension = int(self.ends[-1])

    def embed(self, crops: Sequence[U8]) -> F32:
        """The vectors of all, one after the other."""
        return np.concatenate([each.embed(crops) for each in self._embedders], axis=1)


def world_pairs(world: World, embedders: Sequence[Embedder]) -> tuple[list[Pairs], list[Pairs]]:
    """All pairs of tracklets of different cameras, of vehicles and of people, by embedder."""
    several = Several(embedders)
    means: list[F32] = []
    names, cameras = [], []
    for number, (source, tracklets) in enumerate(world.cameras):
        with source:
            look = embed_tracklets(source, tracklets, several).appearance
        assert look is not None
        for m, name in enumerate(tracklets.tracklet_id.tolist()):
            if len(vectors := look.embedding[look.of(m)]):
                means.append(vectors.mean(axis=0))
                names.append(name)
                cameras.append(number)
    table, object_id, camera = np.array(means), np.array(names), np.array(cameras)
    person = world.looks.body[object_id - 1] == PERSON
    of_vehicles: list[Pairs] = []
    of_people: list[Pairs] = []
    for begin, end in pairwise(several.ends.tolist()):
        told = unit(table[:, begin:end])
        for rows, into in ((~person, of_vehicles), (person, of_people)):
            own = camera[rows], object_id[rows]
            into.append(_pairs(told[rows], *own, world.looks))
    return of_vehicles, of_people


def _pairs(table: F32, camera: I64, name: I64, looks: Looks) -> Pairs:
    one, other = np.triu_indices(len(table), 1)
    taken = camera[one] != camera[other]
    one, other = one[taken], other[taken]
    same = name[one] == name[other]
    cosine = np.einsum("pd,pd->p", table[one], table[other]).astype(np.float64)
    return Pairs(cosine, same, ~same & look_alike(looks, name[one] - 1, name[other] - 1))


def look_alike(looks: Looks, one: I64, other: I64) -> Bool:
    """(P,) pairs of one body and nearly one paint and roof, or in nearly the same clothes."""
    place = np.where(looks.body[one] == PERSON, TOP, PAINT)
    second = np.where(looks.body[one] == PERSON, LEGS, ROOF)
    near = looks.body[one] == looks.body[other]
    for slot in (place, second):
        off = looks.colours[one, slot].astype(int) - looks.colours[other, slot].astype(int)
        near &= np.abs(off).max(axis=1) <= NEARLY
    return np.asarray(near, np.bool_)
