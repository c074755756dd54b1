"""What similarity, travel time, place and class are worth at this site, in nats, as learned."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings
from camweave.linking.appearance import Curve
from camweave.linking.fragments import NOTHING, Continuity, misses
from camweave.linking.kinds import DOUBT, Kinds
from camweave.linking.live.abreast import Abreast
from camweave.linking.live.reach import Reachable, anywhere
from camweave.linking.paths.curves import counts, learn_likeness
from camweave.linking.paths.layout import Layout
from camweave.linking.paths.learning import Ends, Ways, make_transits
from camweave.linking.paths.pairs import Pairs
from camweave.linking.places import Places
from camweave.linking.transit import BINS, Transits

HORIZON: Final = 300.0  # s: longer ways are not learned
SKEW: Final = 2.0  # s that clocks may be apart
USUAL: Final = 0.05  # 1/s in which somebody is expected in a camera of which nothing is known
OFTEN: Final = 0.5  # of those who leave come into another camera,
SPREAD: Final = 60.0  # within s, while no way is known
FEW: Final = 20.0  # tracklets of a camera by which half the doubt is gone
SOON: Final = 4.0  # s in which a camera finds again whom it lost
FOUND: Final = 1.0  # nats for that, while nothing is learned
BACK: Final = -3.0  # nats for a later return to the same camera, while nothing is learned
LEAST: Final = 2 * DOUBT  # nats of two classes that were never mistaken for one another

Told = tuple[I64, I64]  # camera (Q,) and class (Q,)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What every cue is worth at this site."""

    curve: Curve  # of mean cosines, by the logarithm of how many each is the mean of
    transits: Transits
    reach: Reachable  # which passages are possible at all
    places: Places | None = None  # None: nothing was learned
    continuity: Continuity = NOTHING
    again: Curve | None = None  # of two tracklets of one camera; None: as of any two
    abreast: Abreast | None = None  # None: no views overlap, or nothing was learned
    kinds: Kinds | None = None  # None: nothing was learned

    def passage(self, sightings: Sightings, one: I64, other: I64) -> F64:
        """(Q,) nats, by time and place, for rows `one` (Q,) to continue as rows `other` (Q,)."""
        gap = sightings.begin[other] - sightings.end[one]
        left, entered = sightings.camera[one], sightings.camera[other]
        same = np.flatnonzero(left == entered)
        if self.places is None:
            told = self.transits.nats(left, entered, gap)
            told[same] = np.where(gap[same] < SOON, FOUND, BACK)
            return told
        leaving, entering = self.places.leaving(sightings), self.places.entering(sightings)
        told = self.transits.nats(left, entered, gap, leaving[one], entering[other])
        miss = misses(sightings, one[same], other[same], gap[same])
        told[same] += self.continuity.nats(miss, gap[same])
        return told

    def attributes(self, left: Told, entered: Told) -> F64:
        """(Q,) nats, by their classes, for those who left being those who came in.

        What nobody was ever mistaken for is no wall, for a class may still change while in view.
        """
        mine, yours = left[1], entered[1]
        doubt = np.where((mine != yours) & (mine >= 0) & (yours >= 0), DOUBT, 0.0)
        if self.kinds is None:
            return doubt
        told = self.kinds.nats(self.kinds.told(*left), self.kinds.told(*entered))
        new = np.maximum(mine, yours) >= self.kinds.classes
        return np.where(new, doubt, np.maximum(told, LEAST))


def prior(sightings: Sightings, layout: Layout) -> Calibration:
    """The calibration before anything was seen: drawn windows, and usual similarities.

    `sightings` may have no rows; it names the cameras.
    """
    nothing, nobody = np.empty(0), np.empty(0, np.int64)
    cameras = len(sightings.cameras)
    ends = Ends(sightings.cameras, nobody, nobody, nobody, nobody, 1, 0.5 / USUAL, HORIZON)
    drawn = np.argwhere(layout.drawn)
    count = len(drawn)
    ways = Ways(drawn[:, 0], drawn[:, 1], np.zeros((count, BINS)), np.ones(count, np.bool_))
    pairs = Pairs(nobody, nobody, nothing, nothing)
    likeness = learn_likeness(counts(nothing), counts(nothing), 0)
    assert cameras == len(layout.drawn)  # noqa: S101 - both were made of the same cameras
    transits = make_transits(ways, ends, layout, pairs, nothing)
    return Calibration(likeness.curve, opened(transits, layout, 0), anywhere(cameras))


def opened(transits: Transits, layout: Layout, seen: int) -> Transits:
    """With unknown passages held for likely, the less so the more tracklets were seen."""
    if layout:
        return transits
    cameras = max(len(transits.cameras), 1)
    doubt = FEW / (FEW + seen / cameras)
    anywhere = float(np.log(OFTEN * doubt**2 / cameras / SPREAD))
    return replace(transits, other=max(transits.other, anywhere))
