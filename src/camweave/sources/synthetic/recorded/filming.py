"""A scenario's cameras filmed without a picture: poses near each view only, then what is seen."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.backdrop import occluders_of
from camweave.sources.synthetic.cameras import frame_times, hang_camera
from camweave.sources.synthetic.plan import CameraSpec, Scenario
from camweave.sources.synthetic.recorded.flat import offsets_of
from camweave.sources.synthetic.recorded.footage import Footage
from camweave.sources.synthetic.recorded.obstacles import without_facades
from camweave.sources.synthetic.recorded.seen import balls_in_view, see, sizes_of
from camweave.sources.synthetic.scenarios import world_of
from camweave.sources.synthetic.world import Poses, World

GLANCE: Final = 1.0  # s between two looks that tell who may be in a view
AHEAD: Final = 22.0  # m that nobody covers between two of them
STRETCH: Final = 20.0  # s whose poses are asked for at once


def film_scenario(scenario: Scenario, *, fps: float | None = None) -> Iterator[Footage]:
    """What each camera films, in order of name, at another frame rate if `fps` is given."""
    world = world_of(scenario)
    bare = without_facades(world.plan)
    glances = np.arange(-GLANCE, _last(scenario) + 2 * GLANCE, GLANCE)
    coarse = _glanced(world, glances)
    for told in sorted(scenario.cameras, key=lambda spec: spec.name):
        spec = told if fps is None else replace(told, fps=fps)
        times = frame_times(spec, seconds=scenario.seconds, seed=scenario.seed) + spec.offset
        poses = _near(world, spec, times, coarse=coarse, glances=glances)
        seen = see(poses, world.looks, spec, occluders_of(bare, told))
        yield Footage(spec, times, seen)


def _last(scenario: Scenario) -> float:
    return scenario.seconds + max(spec.offset for spec in scenario.cameras)


def _glanced(world: World, glances: F64) -> Poses:
    """Where everybody is at each glance."""
    return _joined(
        (first, world.at(glances[first : first + 64])) for first in range(0, len(glances), 64)
    )


def _near(world: World, spec: CameraSpec, times: F64, *, coarse: Poses, glances: F64) -> Poses:
    """Everybody who may be in view at `times`."""
    rows = balls_in_view(coarse, sizes_of(world.looks), hang_camera(spec), more=AHEAD)
    when, actor = glances[coarse.moment[rows]], coarse.actor[rows]

    def parts() -> Iterator[tuple[int, Poses]]:
        for begin in np.arange(times[0], times[-1] + 1e-9, STRETCH).tolist():
            first, last = np.searchsorted(times, [begin, begin + STRETCH]).tolist()
            close = (when > begin - GLANCE) & (when < begin + STRETCH + GLANCE)
            some = np.unique(actor[close])
            poses = _part(world, some).at(times[first:last])
            yield first, replace(poses, actor=some[poses.actor].astype(np.int64))

    return _joined(parts())


def _part(world: World, actors: I64) -> World:
    """The world with these actors only; its looks are those of all."""
    count = np.diff(world.offsets)[actors]
    offsets = offsets_of(count)
    rows = np.arange(offsets[-1]) + np.repeat(world.offsets[actors] - offsets[:-1], count)
    return replace(
        world,
        first_step=world.first_step[actors],
        offsets=offsets,
        along=world.along[rows],
        aside=world.aside[rows],
        speed=world.speed[rows],
        path=world.path[actors],
        reach=world.reach[actors],
    )


def _joined(parts: Iterator[tuple[int, Poses]]) -> Poses:
    """Poses one after the other, each part's moments counted from a first one on."""
    later = [replace(poses, moment=poses.moment + first) for first, poses in parts]
    columns = (np.concatenate([getattr(p, f.name) for p in later]) for f in fields(Poses))
    return Poses(*columns)
