"""Scores for people (a table) and for programs (a dict that JSON can hold)."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from camweave.evaluation.scores import ALPHAS, Scores, combine

Row: TypeAlias = dict[str, float | int]

COLUMNS: Final = {
    "hota": "HOTA",
    "det_a": "DetA",
    "ass_a": "AssA",
    "loc_a": "LocA",
    "mota": "MOTA",
    "motp": "MOTP",
    "idf1": "IDF1",
    "idp": "IDP",
    "idr": "IDR",
    "switches": "switches",
    "fragments": "fragments",
    "mostly_tracked": "MT",
    "mostly_lost": "ML",
    "fp": "FP",
    "fn": "FN",
}
"""What the table shows: our name, and the field's."""


def figures(scores: Scores) -> Row:
    """Every figure of one sequence under its name; shares are 0 to 1."""
    alpha, clear, identity = scores.by_alpha, scores.clear, scores.identity
    return {
        "hota": scores.hota,
        "det_a": float(alpha.det_a.mean()),
        "ass_a": float(alpha.ass_a.mean()),
        "det_re": float(alpha.det_re.mean()),
        "det_pr": float(alpha.det_pr.mean()),
        "ass_re": float(alpha.ass_re.mean()),
        "ass_pr": float(alpha.ass_pr.mean()),
        "loc_a": float(alpha.loc_a.mean()),
        "mota": clear.mota,
        "motp": clear.motp,
        "idf1": identity.idf1,
        "idp": identity.idp,
        "idr": identity.idr,
        "switches": clear.switches,
        "fragments": clear.fragments,
        "mostly_tracked": clear.mostly_tracked,
        "partly_tracked": clear.partly_tracked,
        "mostly_lost": clear.mostly_lost,
        "tp": clear.tp,
        "fp": clear.fp,
        "fn": clear.fn,
        "idtp": identity.tp,
        "idfp": identity.fp,
        "idfn": identity.fn,
        "truth_boxes": scores.counts.truth_boxes,
        "result_boxes": scores.counts.result_boxes,
        "truth_ids": scores.counts.truth_ids,
        "result_ids": scores.counts.result_ids,
        "frames": scores.counts.frames,
    }


def table(scores: Sequence[Scores]) -> str:
    """One aligned line for each sequence, and COMBINED below where there are several."""
    lines = [["", *COLUMNS.values()], *(_cells(each) for each in _with_combined(scores))]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    return "\n".join(_aligned(line, widths) for line in lines)


def as_dict(scores: Sequence[Scores]) -> dict[str, object]:
    """`sequences` by name and `combined`, each with its `figures` and HOTA at every overlap."""
    return {
        "sequences": {each.name: _with_curve(each) for each in scores},
        "combined": _with_curve(combine(scores)),
    }


def _with_combined(scores: Sequence[Scores]) -> Sequence[Scores]:
    return [*scores, combine(scores)] if len(scores) > 1 else scores


def _cells(scores: Scores) -> list[str]:
    row = figures(scores)
    return [scores.name, *(_text(row[name]) for name in COLUMNS)]


def _text(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _aligned(line: list[str], widths: list[int]) -> str:
    name, *values = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    return "  ".join([name, *values])


def _with_curve(scores: Scores) -> dict[str, object]:
    curve = {"alpha": ALPHAS.round(2).tolist(), "hota": scores.by_alpha.hota.tolist()}
    return {**figures(scores), "by_alpha": curve}
