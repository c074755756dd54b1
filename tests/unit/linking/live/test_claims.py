"""Two rows of tracklets are held against each other by looks, time and place together."""

import numpy as np
import pytest
from tests.unit.linking.live.live_world import A, B, C, Visit, line, run

from camweave.core.identities import TrackletKey
from camweave.linking.live.abreast import Abreast
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.claims import Claims
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams

VISITS = [
    Visit(camera, n, 10.0 * k + 3 * n, 10.0 * k + 3 * n + 2.5, look=n, noise=0.05, x=100.0 * n)
    for k, camera in enumerate((A, B, C))
    for n in (1, 2, 3, 4)
]


@pytest.fixture(scope="module")
def linker() -> LiveLinker:
    """Four who went through three cameras."""
    return run(VISITS, line(5.0, 9.0), LiveParams(learn_every=10.0))[1]


def known(linker: LiveLinker) -> Calibration:
    assert linker.learned is not None
    return linker.learned


def part(linker: LiveLinker, *visits: tuple[str, int]) -> list[int]:
    return [linker.gallery.slot[TrackletKey(*visit)] for visit in visits]  # type: ignore[arg-type]  # cameras are strings


def test_who_looks_alike_and_comes_in_time_has_the_better_claim(linker: LiveLinker) -> None:
    there = part(linker, (A, 1), (B, 1))
    same, other = part(linker, (C, 1)), part(linker, (C, 3))
    own, strange = Claims(linker.gallery, known(linker)).nats([(there, same), (there, other)])
    assert own > strange + 2.0


def test_a_claim_is_the_same_whoever_makes_it(linker: LiveLinker) -> None:
    one, other = part(linker, (A, 2), (C, 2)), part(linker, (B, 2))
    there, back = Claims(linker.gallery, known(linker)).nats([(one, other), (other, one)])
    assert there == pytest.approx(back)


def test_nobody_has_no_claim(linker: LiveLinker) -> None:
    claims = Claims(linker.gallery, known(linker))
    assert claims.nats([(part(linker, (A, 1)), [])]).tolist() == [0.0]
    assert claims.nats([]).tolist() == []


def test_two_abreast_of_each_other_are_asked_by_their_lag(linker: LiveLinker) -> None:
    g, cameras = linker.gallery, len(linker.cameras)
    told = np.tile(-np.arange(10.0), (cameras, cameras, 1))
    together = np.zeros((cameras, cameras), np.bool_)
    together[0, 1] = together[1, 0] = True
    one, new = (np.array(part(linker, each, (A, 1))) for each in ((A, 1), (B, 1)))
    new[1] = part(linker, (C, 1))[0]
    g.tracklets["end"][one] = 1e3
    lag = abs(g.tracklets["begin"][new[0]] - g.tracklets["begin"][one[0]])
    nats = Abreast(together, told).of_two(g, one, new)
    assert nats[0] == -np.searchsorted([0.2, 0.6, 1.2, 2, 3, 5, 8, 15, 30], lag)
    assert np.isnan(nats[1])
