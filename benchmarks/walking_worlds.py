"""Made-up sites by other rules than the simulator's: people who wander over a graph of cameras.

Nothing is shared with the small world: ways are drawn at random, looks are vectors that each camera
warps in its own way, and everybody has two sides. To judge a linker by what it was not made for.

- `mall`: people wander between cameras that are near each other, stay, and come back.
- `ring`: all go round, either way.
- `tunnel`: one way past all cameras, in platoons.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import numpy as np

from benchmarks.scoring import Couples
from camweave.core.arrays import F64, I64
from camweave.core.frame import CameraId
from camweave.core.identities import Identities
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition
from camweave.core.tracks import Appearance, Tracklets
from camweave.evaluation.scores import IdentityScores
from camweave.linking.sightings import sightings_of

Kind = Literal["mall", "ring", "tunnel"]
Ways = dict[tuple[int, int], float]  # s from one camera to the next, about

KINDS: Final[tuple[Kind, ...]] = ("mall", "ring", "tunnel")
CAMERAS, PEOPLE, HOURS = 8, 250, 0.5
DIMENSION, FPS, CROPS = 128, 5.0, 10
WIDTH, HEIGHT = 640, 400  # px
MISSED = 0.05  # share of the visits that no camera tells of
ALIKE = 0.3  # share of the people who look like a family of others
WARP = 0.3  # how much a camera mixes the components, which keep a length of 1
TINT, COMMON = 0.4, 0.8  # lengths of what a camera, and every one, adds to all
SIDES = 0.6  # how far front and back are apart
VISIT, CROP = 1.6, 0.98  # lengths of the noise that stays for a visit, and of a crop's own
GROUPS = 6  # people of a family
PLATOON = 40.0  # s from one to the next
SLACK = 1.0  # s that the true windows are wider than all passages


class Visit(NamedTuple):
    """Somebody before a camera."""

    camera: int
    who: int
    begin: float  # s
    end: float  # s
    back: bool  # seen from behind, walking the other way


@dataclass(frozen=True, eq=False)
class WalkingWorld:
    """A site to link. Rows are as in `sightings_of`."""

    name: str
    seed: int
    trouble: str
    tracklets: tuple[Tracklets, ...]
    objects: I64  # (N,) who each tracklet is
    topology: Topology  # the true windows

    @cached_property
    def sightings(self) -> Sightings:
        """The tracklets as a linker sees them."""
        return sightings_of(self.tracklets)

    @cached_property
    def _rows(self) -> Couples:
        frames, n = self.sightings.frames, len(self.objects)
        boxes = int(frames.sum())
        return Couples(self.objects, np.arange(n), frames, n, boxes, boxes)

    def score(self, identities: Identities | I64) -> IdentityScores:
        """Identity scores, every row of a tracklet a true box; who is not linked is alone."""
        return self._rows.scores(identities)


def walking_world(kind: Kind, seed: int, *, broken: float = 0.2) -> WalkingWorld:
    """A site of that kind; a share of the visits is `broken` in two. Equal ones are equal."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    ways = draw_ways(kind, rng)
    visits = [v for who in range(PEOPLE) for v in walk(kind, who, ways, rng)]
    seen = [visit for visit in visits if rng.random() >= MISSED]
    looks = draw_looks(rng)
    pieces = sorted((p for visit in seen for p in pieces_of(visit, broken, rng)), key=in_order)
    parts = [
        film(camera, [p for p in pieces if p.of.camera == camera], looks[camera], rng)
        for camera in range(CAMERAS)
    ]
    return WalkingWorld(
        name=kind,
        seed=seed,
        trouble="plain" if broken else "whole",
        tracklets=tuple(tracklets for tracklets, _ in parts),
        objects=np.concatenate([who for _, who in parts]),
        topology=windows_of(visits),
    )


def draw_ways(kind: Kind, rng: np.random.Generator) -> Ways:
    """From which camera one comes to which."""
    match kind:
        case "mall":
            place = rng.uniform(0, 100, (CAMERAS, 2))
            apart = np.hypot(*(place[:, None] - place).transpose(2, 0, 1))
            near = {(a, int(b)) for a in range(CAMERAS) for b in np.argsort(apart[a])[1:4]}
            return {(a, b): 4 + 0.4 * apart[a, b] for a, b in near | {(b, a) for a, b in near}}
        case "ring":
            on = {(a, (a + 1) % CAMERAS): rng.uniform(10, 40) for a in range(CAMERAS)}
            return on | {(b, a): s * rng.uniform(0.9, 1.2) for (a, b), s in on.items()}
        case "tunnel":
            return {(a, a + 1): rng.uniform(15, 60) for a in range(CAMERAS - 1)}


def walk(kind: Kind, who: int, ways: Ways, rng: np.random.Generator) -> Iterator[Visit]:
    """The visits of one person, in order of time."""
    last = HOURS * 3600
    time, pace = rng.uniform(0, 0.9 * last), np.exp(rng.normal(0, 0.18))
    camera, turn = int(rng.integers(CAMERAS)), int(rng.choice([-1, 1]))
    if kind == "tunnel":
        time = time // PLATOON * PLATOON + rng.exponential(3)
        camera = int(rng.integers(CAMERAS // 3))
    for _ in range(int(rng.geometric(0.15 if kind == "mall" else 0.08))):
        stay = (4 + rng.exponential(5)) / pace
        if kind == "mall" and rng.random() < 0.15:
            stay += rng.exponential(60)  # looks at something
        on = sorted(b for a, b in ways if a == camera)
        if time + stay > last:
            return
        yield Visit(camera, who, time, time + stay, bool(rng.random() < 0.5))
        if not on or (kind == "tunnel" and rng.random() < 0.12):
            return
        came, camera = camera, (camera + turn) % CAMERAS if kind == "ring" else int(rng.choice(on))
        time += stay + ways[came, camera] * np.exp(rng.normal(0, 0.15)) / pace
        if rng.random() < 0.1:
            time += rng.exponential(30)  # a shop, a red light


def windows_of(visits: list[Visit]) -> Topology:
    """The windows that all passages fit."""
    gaps: dict[tuple[int, int], list[float]] = {}
    for before, visit in pairwise(visits):
        if visit.who == before.who:
            gaps.setdefault((before.camera, visit.camera), []).append(visit.begin - before.end)
    return Topology(
        cameras=tuple(name_of(camera) for camera in range(CAMERAS)),
        transitions=tuple(
            Transition(
                source=name_of(a), target=name_of(b), least=min(g) - SLACK, most=max(g) + SLACK
            )
            for (a, b), g in sorted(gaps.items())
        ),
    )


class Piece(NamedTuple):
    """What a tracker makes of a visit, or of a part of it."""

    of: Visit
    begin: float  # s
    end: float  # s


def in_order(piece: Piece) -> tuple[float, int]:
    """By time."""
    return piece.begin, piece.of.who


def pieces_of(visit: Visit, broken: float, rng: np.random.Generator) -> list[Piece]:
    """The whole of a visit, or two parts of it with a gap."""
    begin, end = visit.begin, visit.end
    if rng.random() >= broken or end - begin <= 3:
        return [Piece(visit, begin, end)]
    cut = rng.uniform(begin + 1, end - 1)
    gap = min(rng.exponential(1.2), (end - cut) / 2)
    return [Piece(visit, begin, cut), Piece(visit, cut + gap, end)]


class Looks(NamedTuple):
    """What everybody looks like, and what one camera makes of it."""

    sides: F64  # (PEOPLE, 2, D) front and back, unit length
    warp: F64  # (D, D)
    tint: F64  # (D,)


def draw_looks(rng: np.random.Generator) -> list[Looks]:
    """Everybody's two sides, to each camera."""
    d, families = DIMENSION, PEOPLE // GROUPS
    family = unit(rng.normal(size=(families, d)))[rng.integers(families, size=PEOPLE)]
    own = unit(rng.normal(size=(PEOPLE, d)))
    alike = (rng.random(PEOPLE) < ALIKE)[:, None]
    front = np.where(alike, unit(0.85 * family + 0.5 * own), own)
    back = unit(front + SIDES * unit(rng.normal(size=(PEOPLE, d))))
    sides, common = np.stack([front, back], axis=1), COMMON * unit(rng.normal(size=d))
    return [
        Looks(
            sides=sides,
            warp=np.eye(d) + WARP * rng.normal(size=(d, d)) / np.sqrt(d),
            tint=TINT * unit(rng.normal(size=d)) + common,
        )
        for _ in range(CAMERAS)
    ]


def film(
    camera: int, pieces: Sequence[Piece], looks: Looks, rng: np.random.Generator
) -> tuple[Tracklets, I64]:
    """What a camera's tracker and embedder make of these, and who each tracklet is."""
    times = [np.arange(np.ceil(p.begin * FPS), np.floor(p.end * FPS) + 1) for p in pieces]
    offsets = np.cumsum([0, *map(len, times)])
    boxes = [boxes_at(p.of, t / FPS, rng) for p, t in zip(pieces, times, strict=True)]
    frame = np.concatenate([*times, np.empty(0)]).astype(np.int64)
    tracklets = Tracklets(
        camera=name_of(camera),
        fps=FPS,
        width=WIDTH,
        height=HEIGHT,
        tracklet_id=np.arange(1, len(pieces) + 1),
        class_id=np.zeros(len(pieces), np.int32),
        offsets=offsets,
        frame=frame,
        time=frame / FPS,
        xyxy=np.concatenate([*boxes, np.empty((0, 4))]).astype(np.float32),
        score=np.ones(len(frame), np.float32),
        detection=np.arange(len(frame)),
        class_names=("person",),
        appearance=embed([p.of for p in pieces], offsets, looks, rng),
    )
    return tracklets, np.array([p.of.who for p in pieces], np.int64)


def boxes_at(visit: Visit, times: F64, rng: np.random.Generator) -> F64:
    """(T, 4) px: from one side to the other, in a lane of one's own."""
    n, share = len(times), (times - visit.begin) / (visit.end - visit.begin)
    x = 0.94 * WIDTH * (1 - share if visit.back else share) + rng.normal(0, 1.5, n)
    y = HEIGHT * rng.uniform(0.45, 0.6) + rng.normal(0, 1.5, n)
    tall = 60 + rng.normal(0, 2, n)
    return np.stack([x - tall / 5, y - tall, x + tall / 5, y], axis=1)


def embed(
    visits: Sequence[Visit], offsets: I64, looks: Looks, rng: np.random.Generator
) -> Appearance:
    """Embeddings of crops spread over each tracklet; of one in seven somebody stands before it."""
    count = np.diff(offsets)
    crops = np.clip(count // 3, 1, CROPS)
    owner = np.repeat(np.arange(len(visits)), crops)
    first = np.cumsum(crops) - crops
    place = np.arange(len(owner)) - first[owner]
    row = offsets[owner] + place * (count[owner] - 1) // np.maximum(crops[owner] - 1, 1)
    side = np.array([(v.who, v.back) for v in visits], np.int64).reshape(-1, 2)
    own = looks.sides[side[:, 0], side[:, 1]] + VISIT * unit(_heavy(5, len(visits), rng))
    hidden = (rng.random(len(visits)) < 0.15)[owner]
    loud = CROP * (1 + 1.5 * hidden * rng.random(len(owner)))
    seen = own[owner] + loud[:, None] * unit(_heavy(4, len(owner), rng))
    quality = np.clip(1 - 0.5 * hidden + rng.normal(0, 0.1, len(owner)), 0.1, 1)
    return Appearance(
        offsets=np.append(first, len(owner)),
        row=row,
        embedding=unit(seen @ looks.warp.T + looks.tint).astype(np.float32),
        quality=quality.astype(np.float32),
    )


def _heavy(tails: int, count: int, rng: np.random.Generator) -> F64:
    return rng.standard_t(tails, size=(count, DIMENSION))


def unit(rows: F64) -> F64:
    """Rows of unit length."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9))


def name_of(camera: int) -> CameraId:
    """The name of a camera."""
    return CameraId(f"c{camera:02d}")
