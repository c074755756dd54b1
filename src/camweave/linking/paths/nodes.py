"""What is put in order: tracklets, or groups of them that overlapping views saw at one time."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.appearance import Looks
from camweave.ops.rows import sums


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """N nodes, each one object for sure, in order of the first of its tracklets."""

    of_row: I64  # (R,) the node of each tracklet
    first: I64  # (N,) its tracklet that began first: by it the object came in
    last: I64  # (N,) its tracklet that ended last: by it the object left
    enters: I64  # (N,) camera of `first`
    leaves: I64  # (N,) camera of `last`
    class_id: I64  # (N,) -1: unknown, or its tracklets differ
    begin: F64  # (N,) s
    end: F64  # (N,) s
    vector: F32  # (N, D) unit length; zeros where none is known
    trust: F64  # (N,)
    single: Bool  # (N,) one tracklet only

    def __len__(self) -> int:
        return len(self.first)


def nodes_of(sightings: Sightings, looks: Looks, group: I64) -> Nodes:
    """The nodes of tracklets whose `group` (R,) is the same number."""
    _, first_seen, of_row = np.unique(group, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first_seen))
    node = rank[of_row]
    count = len(first_seen)
    rows = np.arange(len(group))
    by_begin = np.lexsort([rows, sightings.begin, node])
    by_end = np.lexsort([-rows, sightings.end, node])
    starts = np.searchsorted(node[by_begin], np.arange(count + 1))
    first, last = by_begin[starts[:-1]], by_end[starts[1:] - 1]
    single = np.diff(starts) == 1
    vector, trust = looks.vector, looks.trust
    if not single.all():
        vector, trust = _joint_looks(looks, node, count)
    else:
        vector, trust = vector[first], trust[first]
    return Nodes(
        of_row=node,
        first=first,
        last=last,
        enters=sightings.camera[first],
        leaves=sightings.camera[last],
        class_id=_classes(sightings, node, len(starts) - 1),
        begin=sightings.begin[first],
        end=sightings.end[last],
        vector=vector,
        trust=trust,
        single=single,
    )


def _joint_looks(looks: Looks, node: I64, count: int) -> tuple[F32, F64]:
    """The mean look of each node, and the best trust in it."""
    total = sums(looks.vector, node, count, looks.trust)
    size = np.linalg.norm(total, axis=1, keepdims=True)
    unit = np.divide(total, size, out=np.zeros_like(total), where=size > 0)
    trust = np.zeros(count)
    np.maximum.at(trust, node, looks.trust)
    return unit.astype(np.float32), trust


def _classes(sightings: Sightings, node: I64, count: int) -> I64:
    """(N,) the class that most tracklets of a node are told to be of; the least of several."""
    kind = sightings.class_id.astype(np.int64)
    known = np.flatnonzero(kind >= 0)
    classes = 1 + int(kind.max(initial=-1))
    votes = np.bincount(node[known] * classes + kind[known], minlength=count * classes)
    votes = votes.reshape(count, classes)
    if not classes:
        return np.full(count, -1)
    return np.where(votes.any(axis=1), votes.argmax(axis=1), -1)
