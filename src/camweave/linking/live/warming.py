"""Compiles or loads all kernels before the first pass, by lessons of a made-up site."""

from functools import cache
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.core.topology import Topology, Transition
from camweave.linking.appearance import looks_of
from camweave.linking.live.deciding import choose
from camweave.linking.live.lesson import Learned, Subject, lesson_of
from camweave.linking.params import LinkParams
from camweave.linking.paths.laid import Feet
from camweave.linking.paths.stepping import at_once

CAMERAS: Final = (CameraId("a"), CameraId("b"), CameraId("c"))  # the first two see one place
OBJECTS: Final = 16
EVERY: Final = 4.0  # s from one object to the next
BEGIN: Final = (0.0, 0.5, 15.0)  # s from an object's coming to its coming into each view
STAY: Final = 6.0  # s in a view
CROPS: Final = 2  # of each tracklet, and places
SIZE: Final = 16  # numbers of a look


@cache
def make_ready() -> None:
    """Decide once and take two lessons, the second with what the first found; once in a process."""
    choose(np.ones((1, 1)))
    _lesson(_lesson(None))


def _lesson(before: Learned | None) -> Learned:
    rows = _rows()
    way = Transition(source=CAMERAS[0], target=CAMERAS[2], least=5.0, most=15.0)
    subject = Subject(
        rows=rows,
        feet=_feet(rows.paths),
        looks=looks_of(rows.crops),
        crops=rows.crops,
        topology=Topology(cameras=CAMERAS, transitions=(way,)),
        params=LinkParams(),
        constraints=(),
        before=before,
    )
    return at_once(lesson_of(subject))


def _rows() -> Sightings:
    n, rng = len(CAMERAS) * OBJECTS, np.random.default_rng(0)
    who = np.tile(np.arange(OBJECTS), len(CAMERAS))
    camera = np.repeat(np.arange(len(CAMERAS)), OBJECTS)
    begin = EVERY * who + np.array(BEGIN)[camera]
    box = np.tile(np.array([100, 100, 160, 240], np.float32), (n, 1))
    look = rng.normal(size=(OBJECTS, SIZE))[who].repeat(CROPS, axis=0)
    look += rng.normal(0, 0.3, look.shape)
    return Sightings(
        cameras=CAMERAS,
        size=np.tile([640, 360], (len(CAMERAS), 1)),
        camera=camera,
        tracklet_id=who + 1,
        class_id=np.zeros(n, np.int32),
        begin=begin,
        end=begin + STAY,
        frames=np.full(n, 50),
        entry=box,
        exit=box,
        entry_motion=np.zeros((n, 2), np.float32),
        exit_motion=np.zeros((n, 2), np.float32),
        crops=_crops(begin, look),
        paths=_paths(begin, who),
    )


def _feet(paths: Paths) -> Feet:
    return Feet(paths.offsets, paths.time, 100 * paths.xy, np.full(len(paths.time), 100.0))


def _moments(begin: F64) -> F64:
    """(N * CROPS,) s, spread over each stay."""
    return np.asarray((begin[:, None] + np.linspace(0, STAY, CROPS)).ravel())


def _crops(begin: F64, look: F64) -> Crops:
    unit: F32 = (look / np.linalg.norm(look, axis=1, keepdims=True)).astype(np.float32)
    count = len(unit)
    return Crops(
        np.arange(0, count + 1, CROPS),
        _moments(begin),
        np.zeros(count, np.int64),
        unit,
        np.full(count, 0.8, np.float32),
    )


def _paths(begin: F64, who: np.ndarray) -> Paths:
    count = CROPS * len(begin)
    place = np.repeat(np.column_stack([who, np.zeros(len(who))]), CROPS, axis=0).astype(np.float64)
    return Paths(np.arange(0, count + 1, CROPS), _moments(begin), place, np.full(count, 0.5))
