"""Who hides whom in each frame: movers and still things in the order of painting."""

from collections.abc import Iterator, Sequence

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.backdrop import Occluder
from camweave.sources.synthetic.cameras import Pinhole
from camweave.sources.synthetic.cast import Cast
from camweave.sources.synthetic.footprints import BEFORE, BEHIND, INSIDE, joined, who_hides
from camweave.sources.synthetic.ordering import far_to_near, overlapping


class Stage:
    """A camera's still things, and where its lens is."""

    def __init__(self, occluders: Sequence[Occluder], pinhole: Pinhole) -> None:
        self.occluders = occluders
        self.size = (pinhole.height, pinhole.width)  # px
        self._eye: F64 = pinhole.center[:2]
        self._boxes: F64 = np.array([one.box for one in occluders], np.float64).reshape(-1, 4)

    def orders(self, cast: Cast) -> Iterator[tuple[list[int], set[int]]]:
        """For each frame its rows and still things, far ones first, and the rows in a crowd.

        A row of the cast is itself; occluder k is -1 - k. A row is in a crowd where another row,
        or a thing in front of it, shares its box.
        """
        near, far = self._pairs(cast)
        frame_of = np.searchsorted(cast.offsets, np.maximum(near, far), side="right") - 1
        ends = np.searchsorted(frame_of, np.arange(len(cast.offsets)))
        away = ((cast.footprints.center - self._eye) ** 2).sum(axis=1)
        for frame in range(len(cast.offsets) - 1):
            part = slice(ends[frame], ends[frame + 1])
            pairs = list(zip(near[part].tolist(), far[part].tolist(), strict=True))
            things = sorted({row for pair in pairs for row in pair if row < 0})
            names = [*cast.rows(frame), *things]
            place = {name: number for number, name in enumerate(names)}
            distance = [float(away[name]) if name >= 0 else 0.0 for name in names]
            order = far_to_near([(place[a], place[b]) for a, b in pairs], distance)
            # Whoever has only things behind is in no crowd.
            crowd = {row for near, far in pairs if far >= 0 for row in (near, far)}
            yield [names[row] for row in order], crowd

    def _pairs(self, cast: Cast) -> tuple[I64, I64]:
        """(near, far) of all that share a box in the same frame, in order of frame."""
        movers, things = [np.empty((0, 2), np.int64)], [np.empty((0, 2), np.int64)]
        for frame in range(len(cast.offsets) - 1):
            rows = cast.rows(frame)
            boxes = cast.box[rows.start : rows.stop]
            both = overlapping(boxes, boxes)
            movers.append(both[both[:, 0] < both[:, 1]] + rows.start)
            things.append(overlapping(boxes, self._boxes) + np.array([rows.start, 0]))
        near, far = self._among_movers(cast, np.concatenate(movers))
        thing, hidden = self._by_things(cast, np.concatenate(things))
        near, far = np.concatenate([near, thing]), np.concatenate([far, hidden])
        order = np.argsort(np.maximum(near, far), kind="stable")
        return near[order], far[order]

    def _among_movers(self, cast: Cast, pairs: I64) -> tuple[I64, I64]:
        one, other = pairs[:, 0], pairs[:, 1]
        hides = who_hides(cast.footprints[one], cast.footprints[other], self._eye)
        away = ((cast.footprints.center - self._eye) ** 2).sum(axis=1)
        nearer = away[one] < away[other]
        before = (hides == BEFORE) | ((hides == INSIDE) & nearer)
        return np.where(before, one, other), np.where(before, other, one)

    def _by_things(self, cast: Cast, pairs: I64) -> tuple[I64, I64]:
        """(near, far) of rows and things (as -1 - k) that hide somebody in that frame."""
        if not len(pairs):
            return pairs[:, 0], pairs[:, 1]
        row, k = pairs[:, 0], pairs[:, 1]
        things = joined(*(one.footprint for one in self.occluders))
        hides = who_hides(things[k], cast.footprints[row], self._eye) != BEHIND
        frame = np.searchsorted(cast.offsets, row, side="right") - 1
        place = frame * len(self.occluders) + k
        used = np.isin(place, place[hides])  # a thing that hides nobody need not be painted again
        row, thing, hides = row[used], -1 - k[used], hides[used]
        return np.where(hides, thing, row), np.where(hides, row, thing)
