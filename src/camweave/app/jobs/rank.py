"""Tracklets in numbers, the most telling first: for people, for spreadsheets, for programs."""

import csv
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from camweave.core.tracks import Tracklets
from camweave.formats.atomic import written_whole
from camweave.formats.tracklets import read_tracklets
from camweave.refinement.ranking import Ranking, RankParams
from camweave.refinement.ranking import rank as ranked

Row: TypeAlias = dict[str, Any]

DIGITS: Final = 4  # behind the point
PARTS: Final = ("by_duration", "by_coverage", "by_centre", "by_smoothness")


def rank(
    tracklets: str | Path | Tracklets,
    out: str | Path | None = None,
    *,
    params: RankParams | None = None,
) -> list[Row]:
    """One row per tracklet, the best first; written to `out` (CSV) where one is given.

    A row has the mark and its parts (0 to 1), and the statistics: duration (s), frames, coverage,
    path (px), velocity (px/s), and speed and jitter in the object's own heights.

    Raises:
        FileFormatError: the tracklets cannot be read.
        OutputError: the table could not be written.
    """
    known = tracklets if isinstance(tracklets, Tracklets) else read_tracklets(Path(tracklets))
    columns = columns_of(known, ranked(known, params))
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    if out is not None:
        write_table(Path(out), tuple(columns), rows)
    return rows


def columns_of(t: Tracklets, ranking: Ranking) -> dict[str, list[Any]]:
    """The columns of the table by their names, in order of rank."""
    told, order = ranking.statistics, ranking.number
    names = dict(enumerate(t.class_names))
    begins = t.time[np.minimum(t.offsets[:-1], max(len(t.time) - 1, 0))] if len(t.time) else None
    numbers = {
        "mark": ranking.mark,
        **dict(zip(PARTS, ranking.parts.T, strict=True)),
        "begin": np.zeros(len(t)) if begins is None else begins[order],
        "duration": told.duration[order],
        "coverage": told.coverage[order],
        "path": told.path[order],
        "velocity_x": told.velocity[order, 0],
        "velocity_y": told.velocity[order, 1],
        "speed": told.speed[order],
        "jitter": told.jitter[order],
        "score": told.score[order],
        "area": told.area[order],
        "border": told.border[order],
    }
    return {
        "tracklet_id": ranking.tracklet_id.tolist(),
        "class": [names.get(each, each) for each in t.class_id[order].tolist()],
        "frames": told.frames[order].tolist(),
        **{name: np.round(column, DIGITS).tolist() for name, column in numbers.items()},
    }


def write_table(path: Path, names: tuple[str, ...], rows: list[Row]) -> None:
    """The rows as CSV, below a header."""
    with written_whole(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, names, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
