"""What one pass knows of any two tracklets, by looks and time alone: how the next one chooses."""

from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.linking.appearance import Curve
from camweave.linking.paths.curves import COSINE
from camweave.linking.paths.sifting import Hints
from camweave.linking.transit import CLIP, NO_EDGE, Transits

SLOPE: Final = 0.1  # nats by cosine, where a likeness says as much as another: the more alike


def hints_of(transits: Transits, across: Curve, again: Curve) -> Hints:
    """The tables by which candidates are chosen: what a likeness says, and what a gap says.

    Of places nothing is asked: a way counts as for who leaves and comes anywhere.
    """
    row, strange = transits.edge, np.full((1, transits.flow.shape[1]), transits.other)
    often = np.maximum(np.concatenate([transits.flow, strange]), transits.other)
    often = often[np.where(row == NO_EDGE, len(transits.flow), row)]
    said = often - transits.ended[:, None, -1:] - transits.fresh[None, :, -1:]
    times = np.clip(said, -CLIP, CLIP).astype(np.float32)
    return Hints(_of_one(across), _of_one(again), times)


def _of_one(curve: Curve) -> F64:
    """(401,) what the likeness of two tracklets says."""
    return curve.nats(COSINE, np.zeros(len(COSINE))) + SLOPE * COSINE
