"""No pass waits for a compiler."""

from typing import Any

from tests.unit.linking.live.live_world import line

from camweave.linking.closest_crops import find_closest
from camweave.linking.live.live import LiveLinker
from camweave.linking.paths.chains import _gather
from camweave.linking.paths.gated import _let_through
from camweave.linking.paths.sifting import sift
from camweave.linking.paths.standing import _distances
from camweave.linking.paths.successors import _solve
from camweave.linking.possible_steps import answer
from camweave.linking.transit import _nats_of_all
from camweave.ops.assignment import _assign
from camweave.ops.rows import _add, _products

KERNELS: tuple[Any, ...] = (
    _add, _assign, _distances, _gather, _let_through, _nats_of_all, _products, _solve, answer,
    find_closest, sift,
)  # fmt: skip


def test_a_linker_that_was_made_has_its_kernels_compiled() -> None:
    LiveLinker(line())
    assert [kernel.py_func.__name__ for kernel in KERNELS if not kernel.overloads] == []
