"""The last looks of every track, and how unlike them a detection is.

Track t's looks lie in slot `t.slot` of the gallery (slots, G, D), each of unit length. They fill it
in turn, and then the newest takes the place of the oldest: `t.looks` counts all that were kept.
"""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F32, Bool
from camweave.ops.compiled import inner, summing
from camweave.tracking.table import Track

FARTHEST: Final = 2.0  # the cosine distance of opposite looks
ROUGH: Final = 1e-4  # more than what float32 makes of a cosine


class Units(NamedTuple):
    """A frame's looks."""

    looks: F32  # (N, D) unit length
    known: Bool  # (N,) whether there is one: not zeros, and finite


@inner
def at_unit_length(embedding: F32, rows: int) -> Units:
    """The looks of this many rows, the rows beyond the embedding's end without."""
    units = Units(np.empty((rows, embedding.shape[1]), np.float32), np.zeros(rows, np.bool_))
    for i in range(len(embedding)):
        squares = 0.0
        for d in range(embedding.shape[1]):
            squares += embedding[i, d] * embedding[i, d]
        if 0.0 < squares < np.inf:
            scale = np.float32(1.0 / np.sqrt(squares))
            for d in range(embedding.shape[1]):
                units.looks[i, d] = embedding[i, d] * scale
            units.known[i] = True
    return units


@inner
def keep_look(track: Track, gallery: F32, looks: F32, row: int) -> None:
    """Put a look in the track's slot, in place of the oldest where it is full."""
    slot, kept = track.slot, gallery.shape[1]
    place = track.looks % kept
    for d in range(looks.shape[1]):
        gallery[slot, place, d] = looks[row, d]
    track.looks += 1
    if place == 0:  # the others are measured against this one: begin anew
        track.variety = 1.0
        for other in range(1, min(track.looks, kept)):
            track.variety = min(track.variety, likeness(gallery, slot, other, looks, row))
    else:
        track.variety = min(track.variety, likeness(gallery, slot, 0, looks, row))


@inner
def unlikeness(  # noqa: PLR0917 - one question
    track: Track, gallery: F32, looks: F32, row: int, enough: float
) -> float:
    """Cosine distance to the nearest of the track's looks, or to one that is near `enough`.

    The newest come first: where the question is only whether one is near, they mostly answer.
    """
    slot, kept, nearest = track.slot, gallery.shape[1], FARTHEST
    place = (track.looks - 1) % kept
    for _ in range(min(track.looks, kept)):
        nearest = min(nearest, 1.0 - likeness(gallery, slot, place, looks, row))
        if nearest <= enough:
            break
        place = place - 1 if place else kept - 1
    return nearest


@inner
def least_unlikeness(track: Track, gallery: F32, looks: F32, row: int) -> float:
    """A bound that takes one look: no other can be nearer than this.

    All looks of the track lie within an angle of that at place 0, whose cosine is `variety`. So
    whoever is farther from that one is at least the difference of the angles away from them all.
    """
    cosine, variety = likeness(gallery, track.slot, 0, looks, row), track.variety
    sines = max(0.0, 1.0 - cosine * cosine) * max(0.0, 1.0 - variety * variety)
    least: float = 1.0 - cosine * variety - np.sqrt(sines) if cosine < variety else 0.0
    return least - ROUGH


@summing
def likeness(gallery: F32, slot: int, place: int, looks: F32, row: int) -> float:  # noqa: PLR0917 - two places
    """The cosine of one of a track's looks and another."""
    total = np.float32(0.0)
    for d in range(looks.shape[1]):
        total += gallery[slot, place, d] * looks[row, d]
    return float(total)
