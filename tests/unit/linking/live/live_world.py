"""Small made-up sites for the tests of live linking."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F32
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.core.tracks import Appearance, Tracklets
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.replay import Replayed, replay
from camweave.linking.params import LinkParams

DIMENSION = 32
A, B, C = CameraId("a"), CameraId("b"), CameraId("c")


@dataclass(frozen=True)
class Visit:
    """Somebody in one camera's view, from `begin` to `end` s."""

    camera: CameraId
    number: int
    begin: float
    end: float
    look: int = 0  # whom it looks like
    noise: float = 0.0
    x: float = 100.0  # px, where it stands
    twin: int | None = None  # whom it is much alike, too


def look(number: int, twin: int | None = None) -> F32:
    """(D,) a unit vector for each number; any two are as alike as chance has it, but for twins."""
    vector = np.random.default_rng([3, number]).normal(size=DIMENSION)
    vector /= np.linalg.norm(vector)
    if twin is not None:
        vector = 0.6 * vector + 0.8 * look(twin)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def tracklets_of(camera: CameraId, visits: Sequence[Visit], fps: float = 10.0) -> Tracklets:
    """One camera's tracklets, a crop in every second row."""
    own = sorted((v for v in visits if v.camera == camera), key=lambda v: v.number)
    frames = [np.arange(int(v.begin * fps), int(v.end * fps) + 1) for v in own]
    lengths = [len(f) for f in frames]
    offsets = np.cumsum([0, *lengths])
    crops = [np.arange(0, n, 2) for n in lengths]
    rng = np.random.default_rng(7)
    looks = [np.tile(look(v.look, v.twin), (len(c), 1)) for v, c in zip(own, crops, strict=True)]
    noisy = [k + v.noise * rng.normal(size=k.shape) for k, v in zip(looks, own, strict=True)]
    embedding = np.concatenate([np.empty((0, DIMENSION)), *noisy])
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    boxes = [np.tile([v.x, 100, v.x + 40, 200], (n, 1)) for v, n in zip(own, lengths, strict=True)]
    count = int(offsets[-1])
    return Tracklets(
        camera=camera,
        fps=fps,
        width=640,
        height=480,
        tracklet_id=np.array([v.number for v in own], np.int64),
        class_id=np.zeros(len(own), np.int32),
        offsets=offsets.astype(np.int64),
        frame=np.concatenate([np.empty(0, np.int64), *frames]),
        time=np.concatenate([np.empty(0), *(f / fps for f in frames)]),
        xyxy=np.concatenate([np.empty((0, 4)), *boxes]).astype(np.float32),
        score=np.full(count, 0.9, np.float32),
        detection=np.arange(count),
        class_names=("car",),
        appearance=Appearance(
            offsets=np.cumsum([0, *map(len, crops)]).astype(np.int64),
            row=np.concatenate(
                [np.empty(0, np.int64), *(c + o for c, o in zip(crops, offsets, strict=False))]
            ).astype(np.int64),
            embedding=embedding.astype(np.float32),
            quality=np.full(len(embedding), 0.9, np.float32),
        ),
    )


def line(least: float = 5.0, most: float = 20.0, *, strict: bool = False) -> Topology:
    """Three cameras in a row, both ways."""
    pairs = ((A, B), (B, A), (B, C), (C, B))
    ways = tuple(Transition(source=s, target=t, least=least, most=most) for s, t in pairs)
    return Topology(cameras=(A, B, C), transitions=ways, strict=strict)


def run(
    visits: Sequence[Visit],
    topology: Topology | None = None,
    live: LiveParams | None = None,
    params: LinkParams | None = None,
) -> tuple[Replayed, LiveLinker]:
    """All visits through the live linker."""
    linker = LiveLinker(topology or line(), params, live)
    feeds = [Feed.of_tracklets(tracklets_of(camera, visits)) for camera in linker.cameras]
    return replay(feeds, linker), linker


def final(replayed: Replayed) -> dict[tuple[CameraId, int], int]:
    """Camera and tracklet id to the identity in the end."""
    return {
        (camera, number): who
        for camera, shown in replayed.cameras.items()
        for number, who in zip(shown.track_id.tolist(), shown.final.tolist(), strict=True)
    }
