"""A short clip that plays again and again: the same few people stay the same few identities."""

from typing import Final, Literal

import pytest
from tests.unit.linking.live.live_world import A, B, Visit, final, run

from camweave.core.events import Created
from camweave.core.topology import Topology, Transition
from camweave.linking.params import LinkParams

ROUNDS: Final = 6
LONG: Final = 30.0  # s of a round
NOISE: Final = 0.06
WIDE: Final = Topology(
    cameras=(A, B),
    transitions=tuple(
        Transition(source=a, target=b, least=0.0, most=30.0) for a, b in ((A, B), (B, A))
    ),
)


def played(people: int, apart: float, *, twins: bool = False) -> list[Visit]:
    """Each goes from one camera to the other within a round, every second one the other way."""
    visits = []
    for k in range(ROUNDS):
        for n in range(people):
            ways, begin = ((A, B), (B, A))[n % 2], LONG * k + 1.0 + apart * n
            for camera, wait in zip(ways, (0.0, 10.0), strict=True):
                number = 1 + n + people * k
                twin = 10 + n // 2 if twins else None
                when = begin + wait
                visits.append(
                    Visit(camera, number, when, when + 4, n, NOISE, 40.0 + 80 * n, twin=twin)
                )
    return visits


def identities(people: int, visits: list[Visit], learn: Literal["on", "off"]) -> list[set[int]]:
    """Of each of so many people the ids in the end; few were given out on the way."""
    replayed, _ = run(visits, WIDE, params=LinkParams(learn=learn))
    homes = final(replayed)
    assert sum(isinstance(event, Created) for event in replayed.events) <= 3 * people
    return [
        {homes[v.camera, v.number] for v in visits if (v.number - 1) % people == n}
        for n in range(people)
    ]


@pytest.mark.parametrize("learn", ["on", "off"])
def test_three_people_stay_three_identities(learn: Literal["on", "off"]) -> None:
    found = identities(3, played(3, 4.0), learn)
    assert [len(each) for each in found] == [1, 1, 1]
    assert len(set.union(*found)) == 3


def test_nobody_is_taken_for_whom_it_is_much_alike() -> None:
    """Three pairs of two that have a cosine of 0.64 to each other."""
    found = identities(6, played(6, 2.5, twins=True), "on")
    for n, mine in enumerate(found):
        for theirs in found[n + 1 :]:
            assert mine.isdisjoint(theirs)
    assert len(set.union(*found)) <= 7
