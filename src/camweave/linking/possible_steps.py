"""Can two tracklets be one object, and can one follow the other: tests as pieces of kernels."""

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import from_dtype, types

from camweave.core.arrays import F64, I64, Bool
from camweave.ops.compiled import entry, inner

SLACK: Final = 1e-6  # s: a window of 8 s to 12 s holds what comes 12 s later, whatever its digits

SPAN: Final = np.dtype(
    [
        ("camera", np.int64),
        ("begin", np.float64),  # s
        ("end", np.float64),  # s
        ("exits", np.int64),  # bit z: it left through zone z of its camera
        ("entries", np.int64),  # bit z: it came through zone z of its camera
    ],
    align=True,
)
WINDOW: Final = np.dtype(
    [
        ("least", np.float64),  # s
        ("most", np.float64),  # s
        ("exit", np.int64),  # the bit of the zone to leave through; ANYWHERE
        ("entry", np.int64),  # the bit of the zone to come through; ANYWHERE
    ],
    align=True,
)
ANYWHERE: Final = 0
NONE: Final = -1

Spans: TypeAlias = npt.NDArray[np.void]  # records of SPAN
Windows: TypeAlias = npt.NDArray[np.void]  # records of WINDOW
Record: TypeAlias = Any  # one record, whose fields only Numba knows


class Rules(NamedTuple):
    """Who can follow whom, as kernels read it; C cameras."""

    spans: Spans  # (N,)
    windows: Windows  # (W,) those of a pair of cameras stand together
    first: I64  # (C * C + 1,) windows of source s and target t: from `first[s * C + t]` on
    soonest: F64  # (C, C) s from the end of one to the begin of the other, by the quickest way
    meet: Bool  # (C, C) the views overlap
    walls: bool  # who follows must come in a window
    most_overlap: float  # s


@inner
def can_be_one(rules: Rules, i: int, j: int) -> bool:
    """Whether tracklets `i` and `j` can be the same object at all."""
    a, b = rules.spans[i], rules.spans[j]
    if a.camera == b.camera:
        return _takes_turns(a, b, rules.most_overlap) or _takes_turns(b, a, rules.most_overlap)
    return _in_time(rules, a, b) or _in_time(rules, b, a)


@inner
def can_follow(rules: Rules, i: int, j: int) -> bool:
    """Whether one of `i` and `j` can follow the other with no camera in between."""
    a, b = rules.spans[i], rules.spans[j]
    if a.camera == b.camera or not rules.walls:
        return can_be_one(rules, i, j)
    return _window(rules, a, b) != NONE or _window(rules, b, a) != NONE


@inner
def _takes_turns(a: Record, b: Record, most_overlap: float) -> bool:
    """Whether `b` comes after `a` in one camera: it begins later, ends later, and hardly overlaps.

    One that ends within the other's life was seen beside it, however short it was.
    """
    shared = a.end - b.begin
    if not (a.begin < b.begin and a.end < b.end):
        return False
    return bool(shared < 0 or (most_overlap > 0 and shared <= most_overlap + SLACK))


@inner
def _in_time(rules: Rules, a: Record, b: Record) -> bool:
    """Whether `b` comes no sooner after `a` than the quickest way takes."""
    soonest = rules.soonest[a.camera, b.camera]
    seen = b.end if rules.meet[a.camera, b.camera] else b.begin
    return bool(seen - a.end >= soonest - SLACK)


@inner
def _window(rules: Rules, a: Record, b: Record) -> int:
    """The first window in which `b` comes after `a`, or NONE."""
    pair = a.camera * len(rules.soonest) + b.camera
    for w in range(rules.first[pair], rules.first[pair + 1]):
        window = rules.windows[w]
        seen = b.end if window.least < 0 else b.begin  # where views overlap, it may long be there
        in_time = seen - a.end >= window.least - SLACK and b.begin - a.end <= window.most + SLACK
        leaves = window.exit == ANYWHERE or (window.exit & a.exits) != 0
        comes = window.entry == ANYWHERE or (window.entry & b.entries) != 0
        if in_time and leaves and comes:
            return w
    return NONE


@entry()
def find_windows(rules: Rules, one: I64, other: I64) -> I64:
    """(Q,) the window in which either of a pair comes after the other, or NONE."""
    out = np.empty(len(one), np.int64)
    for q in range(len(one)):
        a, b = rules.spans[one[q]], rules.spans[other[q]]
        out[q] = _window(rules, a, b)
        if out[q] == NONE:
            out[q] = _window(rules, b, a)
    return out


@entry()
def answer(rules: Rules, one: I64, other: I64, directly: bool) -> Bool:
    """(Q,) `can_follow` of each pair where `directly`, else `can_be_one`."""
    out = np.empty(len(one), np.bool_)
    for q in range(len(one)):
        if directly:
            out[q] = can_follow(rules, one[q], other[q])
        else:
            out[q] = can_be_one(rules, one[q], other[q])
    return out


def _in(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


RULES: Final = types.NamedTuple(
    (
        _in(from_dtype(SPAN)),
        _in(from_dtype(WINDOW)),
        _in(types.int64),
        _in(types.float64, 2),
        _in(types.bool_, 2),
        types.bool_,
        types.float64,
    ),
    Rules,
)
FIND_WINDOWS: Final = (RULES, _in(types.int64), _in(types.int64))
ANSWER: Final = (RULES, _in(types.int64), _in(types.int64), types.bool_)
