"""Few people, again and again: too few to learn from how alike whole paths of strangers are."""

import numpy as np
import pytest
from tests.made_up import made_up, one_crop_each

from camweave.core.frame import CameraId
from camweave.core.identities import Identities
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition
from camweave.linking.link import link
from camweave.linking.params import LinkParams

CAMERAS = ("gate", "road", "yard")
ROUND, CROSSING = 6.0, 1.7  # s
LAPS = 16
DIMENSION = 64


def circling(people: int, seed: int, missed: float, noise: float) -> tuple[Sightings, np.ndarray]:
    """People who walk in a circle past three cameras, which miss some; and who each is."""
    rng = np.random.default_rng(seed)
    who, stop = np.divmod(np.arange(people * 3 * LAPS), 3 * LAPS)
    camera = np.array([0, 2, 1])[stop % 3]
    begin = (stop + who * 3 / people) * ROUND / 3 + rng.uniform(0, 0.2, len(who))
    seen = np.flatnonzero(rng.random(len(who)) >= missed)
    seen = seen[np.lexsort([begin[seen], camera[seen]])]
    who, camera, begin = who[seen], camera[seen], begin[seen]
    look = rng.normal(size=(people, DIMENSION))[who] + noise * rng.normal(
        size=(len(who), DIMENSION)
    )
    look /= np.linalg.norm(look, axis=1, keepdims=True)
    crops = one_crop_each(look.astype(np.float32), begin + CROSSING / 2)
    rows = made_up(camera, begin, begin + CROSSING, cameras=CAMERAS, frames=17, crops=crops)
    return rows, who


def site() -> Topology:
    """The ways between them, as drawn."""
    gate, road, yard = (CameraId(name) for name in CAMERAS)
    ways = ((gate, yard), (yard, road), (road, gate))
    drawn = tuple(Transition(source=a, target=b, least=0.0, most=2.0) for a, b in ways)
    return Topology(cameras=(gate, road, yard), transitions=drawn)


def of_each(found: Identities, who: np.ndarray) -> list[int]:
    """How many identities each object was given."""
    return [len(set(found.identity[who == each].tolist()) - {-1}) for each in np.unique(who)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("learn", ["on", "off"])
def test_whom_a_camera_missed_is_still_one(seed: int, learn: str) -> None:
    rows, who = circling(3, seed, missed=0.3, noise=0.4)
    found = link(rows, site(), LinkParams(learn=learn)).identities  # type: ignore[arg-type]  # of the parameters above
    assert of_each(found, who) == [1, 1, 1]
    assert len(set(found.identity.tolist()) - {-1}) == 3


def test_strangers_who_come_once_each_are_not_one() -> None:
    rows, _ = circling(36, 1, missed=0.0, noise=0.4)
    first = np.flatnonzero(rows.begin < 12)  # everybody in one camera or two
    alone = np.random.default_rng(2).normal(size=(len(rows), DIMENSION)).astype(np.float32)
    alone /= np.linalg.norm(alone, axis=1, keepdims=True)
    crops = one_crop_each(alone[first], rows.begin[first])
    few = made_up(
        rows.camera[first], rows.begin[first], rows.end[first], cameras=CAMERAS, crops=crops
    )
    found = link(few, site()).identities
    assert len(found.links) <= len(few) // 12
