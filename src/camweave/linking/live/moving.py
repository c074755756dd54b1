"""A linker with other cameras or parameters that goes on with the identities of another."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.frame import CameraId
from camweave.core.topology import Topology
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.state import LiveState
from camweave.linking.params import LinkParams


def moved(
    linker: LiveLinker, topology: Topology, params: LinkParams, live: LiveParams
) -> LiveLinker:
    """A linker with this topology that knows whom `linker` knows, under the same ids.

    It shares the registry, so the old one is not to be used any more. Cameras that the topology
    leaves out stay, for as long as the linker runs: who was seen there is still met elsewhere.
    Tracks that go on are told again with the next snapshots; those without an identity yet are
    watched anew.

    Raises:
        InputError: the topology does not go together with the parameters.
    """
    made = LiveLinker(widened(topology, linker.cameras), params, live, linker.registry)
    made.restore(of_cameras(linker.state(), made.cameras))
    linker.registry.params = replace(linker.registry.params, memory=live.memory)
    return made


def widened(topology: Topology, cameras: Sequence[CameraId]) -> Topology:
    """The same with these cameras, too."""
    return replace(topology, cameras=tuple(sorted({*topology.cameras, *cameras})))


def of_cameras(state: LiveState, cameras: Sequence[CameraId]) -> LiveState:
    """The same state of more cameras, in order of name; those it has are among them."""
    held = state.sightings
    place = np.array([cameras.index(each) for each in held.cameras], np.int64)
    size = np.zeros((len(cameras), 2), np.int64)
    size[place] = held.size
    return LiveState(
        time=state.time,
        sightings=replace(held, cameras=tuple(cameras), size=size, camera=place[held.camera]),
        total=_spread(state.total, place, len(cameras)),
        count=_spread(state.count, place, len(cameras)),
    )


def _spread(rows: F64, place: I64, count: int) -> F64:
    """Rows at their new places, zeros between them."""
    made = np.zeros((count, *rows.shape[1:]))
    made[place] = rows
    return made
