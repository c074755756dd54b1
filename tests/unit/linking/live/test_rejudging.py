"""Decisions are judged anew by lessons; what stands is held until enough speaks against it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.linking.live.live_world import A, B, C, Visit, line, run

from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.linking.appearance import Curve
from camweave.linking.live.calibration import prior
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.rejudging import PATIENCE, Rejudging
from camweave.linking.paths.layout import layout_of

WHO = {(A, 1): 1, (B, 1): 1, (C, 1): 1, (A, 2): 2, (B, 2): 2, (C, 2): 2}
SURE = 9.0  # nats for one object at a cosine of 1
VISITS = [
    Visit(camera, n, 10.0 * k + 3 * n, 10.0 * k + 3 * n + 2.5, look=n, x=100.0 * n)
    for k, camera in enumerate((A, B, C))
    for n in (1, 2)
]


@pytest.fixture
def linker() -> LiveLinker:
    """Two who went through three cameras, as they were linked."""
    made = run(VISITS, line(5.0, 9.0), LiveParams(sure=1.0))[1]
    assert homes(made)[A, 1] == homes(made)[B, 1] == homes(made)[C, 1]
    assert homes(made)[A, 2] == homes(made)[B, 2] == homes(made)[C, 2]
    return made


def homes(linker: LiveLinker) -> dict[tuple[CameraId, int], int]:
    return {key: linker.registry.identity_of(TrackletKey(*key)) for key in WHO}


def looks_like(linker: LiveLinker, key: tuple[CameraId, int], number: int) -> None:
    """Let a tracklet look like one of the two, or like nobody (0), or like the contrary (-1)."""
    g = linker.gallery
    slot, like = g.slot[TrackletKey(*key)], np.zeros(g.seen.shape[1], np.float32)
    like[abs(number)] = np.sign(number) if number else 1.0
    g.look[slot] = g.seen[slot] = like


def judge(
    linker: LiveLinker,
    rejudging: Rejudging,
    who: Mapping[tuple[CameraId, int], int],
    sure: float = SURE,
) -> tuple[Event, ...]:
    g = linker.gallery
    nobody, _ = g.sightings(np.empty(0, np.int64))
    known = prior(nobody, layout_of(g.cameras, linker.topology, strict=False))
    cosine = np.linspace(-1, 1, 3)
    known = replace(known, curve=Curve(cosine, sure * cosine[None], np.ones(1)))
    told = {TrackletKey(*key): own for key, own in who.items()}
    return rejudging.rejudge(known, told, (), 60.0)


def rejudging_of(linker: LiveLinker) -> Rejudging:
    for key, number in WHO.items():
        looks_like(linker, key, number)
    return Rejudging(linker.gallery, linker.registry, hold=2.0)


def test_a_lesson_that_agrees_changes_nothing(linker: LiveLinker) -> None:
    assert judge(linker, rejudging_of(linker), WHO) == ()


def test_what_looks_alike_is_not_parted_however_often_lessons_do_not_find_it(
    linker: LiveLinker,
) -> None:
    rejudging = rejudging_of(linker)
    shattered = {key: number for number, key in enumerate(WHO)}
    for _ in range(3 * PATIENCE):
        assert judge(linker, rejudging, shattered) == ()


def test_what_is_in_doubt_is_parted_only_after_some_lessons(linker: LiveLinker) -> None:
    """Looks tell nothing here; the time of passing says a little for the link."""
    rejudging, before = rejudging_of(linker), homes(linker)
    for _ in range(PATIENCE - 1):
        assert judge(linker, rejudging, {**WHO, (C, 1): 3}, sure=0.0) == ()
    assert judge(linker, rejudging, {**WHO, (C, 1): 3}, sure=0.0)
    after = homes(linker)
    assert after[C, 1] > max(before.values())
    assert {**after, (C, 1): 0} == {**before, (C, 1): 0}


def test_a_link_that_is_found_again_starts_its_patience_anew(linker: LiveLinker) -> None:
    rejudging = rejudging_of(linker)
    for _ in range(2 * PATIENCE):
        assert judge(linker, rejudging, {**WHO, (C, 1): 3}, sure=0.0) == ()
        assert judge(linker, rejudging, WHO, sure=0.0) == ()


def test_who_is_much_more_like_somebody_else_changes_sides_at_once(linker: LiveLinker) -> None:
    rejudging, before = rejudging_of(linker), homes(linker)
    looks_like(linker, (C, 1), 2)
    looks_like(linker, (C, 2), 1)
    judge(linker, rejudging, {**WHO, (C, 1): 2, (C, 2): 1})
    after = homes(linker)
    assert after == {**before, (C, 1): before[C, 2], (C, 2): before[C, 1]}


def test_who_is_a_little_more_like_somebody_else_stays(linker: LiveLinker) -> None:
    rejudging = rejudging_of(linker)
    looks_like(linker, (C, 1), 2)
    looks_like(linker, (C, 2), 1)
    crossed = {**WHO, (C, 1): 2, (C, 2): 1}
    for _ in range(PATIENCE - 1):
        assert judge(linker, rejudging, crossed, sure=1.0) == ()


def test_what_looks_unlike_is_cut_at_once(linker: LiveLinker) -> None:
    rejudging = rejudging_of(linker)
    looks_like(linker, (C, 1), -1)
    judge(linker, rejudging, {**WHO, (C, 1): 3})
    assert homes(linker)[C, 1] not in {homes(linker)[B, 1], homes(linker)[B, 2]}


def test_who_was_made_new_is_one_with_both_whom_the_evidence_speaks_for(
    linker: LiveLinker,
) -> None:
    """A lesson parts a and b from c, and finds c with somebody new; all look alike."""
    rejudging, before = rejudging_of(linker), homes(linker)
    judge(linker, rejudging, {**WHO, (C, 2): 3}, sure=-SURE)
    assert homes(linker)[C, 2] != before[C, 2]
    judge(linker, rejudging, {**WHO, (A, 2): 4, (B, 2): 3, (C, 2): 3})
    assert homes(linker) == before


def test_who_came_since_goes_with_whom_it_was_linked_to(linker: LiveLinker) -> None:
    """The lesson knows nothing of camera c; it says that the two crossed between a and b."""
    rejudging, before = rejudging_of(linker), homes(linker)
    looks_like(linker, (A, 1), 2)
    looks_like(linker, (A, 2), 1)
    crossed = {(A, 1): 1, (B, 2): 1, (A, 2): 2, (B, 1): 2}
    judge(linker, rejudging, crossed)
    after = homes(linker)
    assert after[A, 1] == after[B, 2] == after[C, 2]
    assert after[A, 2] == after[B, 1] == after[C, 1]
    assert set(after.values()) == set(before.values())


def test_what_hands_held_apart_no_lesson_joins(linker: LiveLinker) -> None:
    home = homes(linker)[A, 1]
    linker.correct(lambda r, time: r.split_by_hand(home, [TrackletKey(C, 1)], time))
    parted = homes(linker)
    judge(linker, rejudging_of(linker), WHO)
    assert homes(linker) == parted
