"""Identity scores of labelled tracklets in milliseconds: who stands on whom is counted once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from camweave.core.arrays import I64
from camweave.core.errors import ShapeError
from camweave.core.identities import Identities
from camweave.core.tracks import UNLINKED, BoxTable, Tracklets
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.identity import most_together
from camweave.evaluation.matching import joined_key
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.preprocess import EVERYBODY, Countable, mot_challenge
from camweave.evaluation.scores import IdentityScores
from camweave.evaluation.tables import of_tracklets
from camweave.sources.synthetic.recorded.site import RecordedSite

CLOSE = 0.5  # overlap from which on a box is on its object
ALONE = 1 << 40  # above all identities: the first number of who is not linked


@dataclass(frozen=True)
class Couples:
    """How often each tracklet stands on each object: enough to score any labelling exactly."""

    objects: I64  # (K,)
    row: I64  # (K,) row of the sightings
    frames: I64  # (K,) in which the one stands on the other
    tracklets: int  # N
    boxes: int  # of all tracklets
    truth: int  # boxes that there are

    def scores(self, given: Identities | I64) -> IdentityScores:
        """As `evaluate` scores the boxes under these labels (N,); who is not linked is alone."""
        own = alone_where_unlinked(given, self.tracklets)
        objects, labels, frames = together(self.objects, own[self.row], self.frames)
        tp = most_together(objects, labels, frames)
        return IdentityScores(tp=tp, fn=self.truth - tp, fp=self.boxes - tp)


def couples_of_rows(objects: I64, tracklet: I64, count: int) -> Couples:
    """Each row of `count` tracklets (R,) is a true box of its object (R,), and nobody was missed.

    What is scored so is the linker's own share of the official scores.
    """
    named, row, frames = together(objects, tracklet, np.ones(len(objects), np.int64))
    return Couples(named, row, frames, count, len(objects), len(objects))


def couples_of_boxes(site: RecordedSite, countable: Countable = EVERYBODY) -> Couples:
    """Against the true boxes of all cameras that count; those that do not are forgiven."""
    count = sum(len(each) for each in site.tracklets)
    truth, result = join_cameras(truth_of(site), labelled(site, np.arange(count)))
    truth, found = mot_challenge(truth, result, rules="forgiving", countable=countable)
    pairs = overlaps(truth, found)
    close = pairs.where(pairs.overlap >= CLOSE)
    couples, frames = np.unique(joined_key(close), return_counts=True)
    objects, row = np.divmod(couples, max(1, close.result_ids))
    rows = np.unique(found.object_id)[row]
    return Couples(objects, rows, frames.astype(np.int64), count, len(found), len(truth))


def truth_of(site: RecordedSite) -> dict[str, BoxTable]:
    """The true boxes of every camera."""
    return {str(camera): table for camera, table in site.truth.items()}


def labelled(site: RecordedSite, labels: I64) -> dict[str, BoxTable]:
    """The boxes of every camera under these labels (N,), as files would hold them."""
    own = alone_where_unlinked(labels, sum(len(each) for each in site.tracklets))
    ends = np.cumsum([len(each) for each in site.tracklets])[:-1]
    parts = zip(site.tracklets, np.split(own, ends), strict=True)
    return {str(one.camera): _named(one, mine) for one, mine in parts}


def _named(tracklets: Tracklets, labels: I64) -> BoxTable:
    """Its boxes, the M tracklets under these labels (M,)."""
    table = of_tracklets(tracklets)
    place = np.searchsorted(tracklets.tracklet_id, table.object_id)
    return replace(table, object_id=labels[place])


def alone_where_unlinked(given: Identities | I64, count: int) -> I64:
    """(count,) the labels, with a number of its own for who has none."""
    labels = given.identity if isinstance(given, Identities) else given
    if len(labels) != count:
        raise ShapeError(f"identities: expected those of {count} tracklets, got {len(labels)}")
    return np.where(labels == UNLINKED, ALONE + np.arange(count), labels)


def together(one: I64, other: I64, times: I64) -> tuple[I64, I64, I64]:
    """Each couple of ids once, with the sum of its `times`."""
    ones, a = np.unique(one, return_inverse=True)
    others, b = np.unique(other, return_inverse=True)
    couples, place = np.unique(a * len(others) + b, return_inverse=True)
    total = np.bincount(place, weights=times, minlength=len(couples)).astype(np.int64)
    return ones[couples // len(others)], others[couples % len(others)], total


def rows_of(tracklets: Sequence[Tracklets]) -> I64:
    """(R,) the tracklet of every row of all cameras, counted through."""
    lengths = np.concatenate([np.diff(one.offsets) for one in tracklets])
    return np.repeat(np.arange(len(lengths)), lengths).astype(np.int64)
