"""The similarity of each pair of tracklets as a picture, with the numbers on demand."""

from collections.abc import Sequence
from math import floor
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import F32, U8
from camweave.reporting.pictures import data_address

SIDE: Final = 560  # px of the whole, about
LEAST_CELL: Final = 4  # px
LEGIBLE_CELL: Final = 11  # px: from here on, ids fit beside the cells
LABEL: Final = 44  # px for the ids
UNKNOWN: Final = 0  # level of a pair of which one has no look; the others are 1 to 255
LEVELS: Final = 254
GRAY: Final = (128, 128, 128)


def similarity_figure(similarity: F32, ids: Sequence[int]) -> str:
    """The cosines (N, N) of N tracklets as a picture with its legend, in the order of `ids`."""
    cell = max(LEAST_CELL, min(2 * LEGIBLE_CELL, SIDE // len(ids)))
    side = cell * len(ids)
    levels, least = to_levels(similarity), least_shown(similarity)
    content = cv2.imencode(".png", _coloured(similarity, least))[1].tobytes()
    table = data_address("application/octet-stream", levels.tobytes())
    return (
        f'<figure class="matrix" data-ids="{" ".join(map(str, ids))}" data-levels="{table}">'
        f'<svg width="{LABEL + side}" height="{side}">{_labels(ids, cell)}'
        f'<image x="{LABEL}" width="{side}" height="{side}" '
        f'href="{data_address("image/png", content)}"/></svg>'
        f'<figcaption>{least:.1f} <span class="ramp"></span> 1.0, cosine. '
        "<output>Point at a cell.</output></figcaption></figure>"
    )


def least_shown(similarity: F32) -> float:
    """Where the colours begin: a tenth at or below the least cosine, so that differences show.

    >>> least_shown(np.float32([[1, 0.64], [0.64, np.nan]]))
    0.6
    """
    known = similarity[np.isfinite(similarity)]
    return min(0.9, floor(10 * float(known.min())) / 10) if len(known) else 0.0


def to_levels(similarity: F32) -> U8:
    """Cosines -1 to 1 as 1 to 255, UNKNOWN where one is NaN.

    >>> to_levels(np.float32([[1, -1], [0, np.nan]])).tolist()
    [[255, 1], [128, 0]]
    """
    known = np.nan_to_num((np.clip(similarity, -1, 1) + 1) / 2 * LEVELS + 1, nan=UNKNOWN)
    return np.rint(known).astype(np.uint8)


def _coloured(similarity: F32, least: float) -> U8:
    """Viridis: its lightness rises with the value, for every eye and in print."""
    shades = np.clip((similarity - least) / (1 - least), 0, 1) * 255
    shades = np.rint(np.nan_to_num(shades)).astype(np.uint8)
    image: U8 = cv2.applyColorMap(shades, cv2.COLORMAP_VIRIDIS).astype(np.uint8, copy=False)
    image[np.isnan(similarity)] = GRAY
    return image


def _labels(ids: Sequence[int], cell: int) -> str:
    if cell < LEGIBLE_CELL:
        return ""
    return "".join(
        f'<text x="{LABEL - 8}" y="{cell * place + cell / 2 + 4:.1f}">{name}</text>'
        for place, name in enumerate(ids)
    )
