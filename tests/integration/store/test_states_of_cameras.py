"""What a camera's line remembers with looks: the newest state is there whole, whoever wrote it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.stored import tracks

from camweave.core.arrays import F32
from camweave.core.frame import CameraId
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, CameraState, RunId

A = CameraId("a")


def look(value: float) -> F32:
    return np.array([value, -value, np.nextafter(np.float32(value), np.float32(9))], np.float32)


def state(frame: int, looks: dict[int, F32], after: CameraState | None = None) -> CameraState:
    body = f"{frame} {sorted(looks)}".encode()
    return CameraState(
        camera=A, epoch=0, frame=frame, version=1, state=body, looks=looks, after=after
    )


def assert_stored(store: Store, run: RunId, expected: CameraState) -> None:
    """It is there, to the last bit."""
    found = store.camera_state(run, A)
    assert found == expected
    assert found is not None
    assert {at: own.tobytes() for at, own in found.looks.items()} == {
        at: own.tobytes() for at, own in expected.looks.items()
    }


def test_of_a_state_that_follows_only_other_looks_are_written_and_those_that_are_gone_go(
    url: str,
) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run")
        first = state(1, {0: look(1), 1: look(2), 7 << 40: look(3)})
        store.write(Batch(run=run, states=(first,)))
        assert_stored(store, run, first)
        second = state(2, {**first.looks, 1: look(20), 5: look(5)}, first)
        del second.looks[7 << 40]  # type: ignore[attr-defined]  # it is a dict
        store.write(Batch(run=run, states=(second,)))
        assert_stored(store, run, second)
        unsaid = replace(second, looks={**second.looks, 0: look(99)})  # as if that had been there
        store.write(Batch(run=run, states=(state(3, dict(unsaid.looks), unsaid),)))
        assert_stored(store, run, state(3, dict(second.looks)))


@pytest.mark.parametrize("newer", [2, 3])
def test_where_somebody_else_has_written_meanwhile_all_looks_are_written(
    url: str, newer: int
) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run")
        first = state(1, {0: look(1), 1: look(2)})
        theirs = state(newer, {0: look(-1), 1: look(-2), 2: look(-3)}, first)
        ours = state(4, {0: first.looks[0], 1: look(5)}, first)
        for each in (first, theirs, ours):
            store.write(Batch(run=run, states=(each,)))
        assert_stored(store, run, ours)


def test_an_older_state_changes_no_look(url: str) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run")
        first, third = state(1, {0: look(1)}), state(3, {0: look(3)})
        for each in (first, third, state(2, {0: look(2), 1: look(2)}, first), replace(third)):
            store.write(Batch(run=run, states=(each,)))
        assert_stored(store, run, third)


def test_looks_go_with_the_last_of_their_cameras_frames(url: str) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run", began=0.0)
        made = state(8, {0: look(8)})
        store.write(Batch.of(run, [tracks("a", frame, 1) for frame in range(9)], made))
        store.prune(older_than=0.25, now=1.0)
        assert_stored(store, run, made)
        store.prune(larger_than=0)
        assert store.info().counts["camera_look"] == 0
        assert store.camera_state(run, A) == made  # so that no frame before it is taken for new


WRITES = st.lists(
    st.tuples(
        st.sampled_from("xy"),  # who writes
        st.integers(0, 6),  # the frame
        st.dictionaries(st.integers(0, 4), st.integers(0, 2), max_size=4),  # which looks
        st.booleans(),  # whether it has read again what there is
    ),
    max_size=10,
)


@settings(max_examples=15)
@given(WRITES)
def test_two_who_write_one_camera_leave_the_newest_state_whole(
    stores: tuple[Store, Store], writes: list[tuple[str, int, dict[int, int], bool]]
) -> None:
    """Each goes on from what it wrote itself, as long as nothing tells it that it should not."""
    for store in stores:
        run = store.begin_run("site", str(len(store.runs())))
        own: dict[str, CameraState | None] = {"x": None, "y": None}
        looks = {(who, value): look(value + (who == "y") / 8) for who in own for value in range(3)}
        newest: CameraState | None = None
        for who, frame, chosen, reads in writes:
            if reads:
                own[who] = store.camera_state(run, A)
            told = {place: looks[who, value] for place, value in chosen.items()}
            made = state(frame, told, own[who])
            store.write(Batch(run=run, states=(made,)))
            if newest is None or frame > newest.frame:
                newest, own[who] = made, replace(made, after=None)
            else:  # its frame was not new: it is told, and reads before it writes again
                own[who] = None
        if newest is not None:
            assert_stored(store, run, newest)
