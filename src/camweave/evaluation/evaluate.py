"""Score a result against the truth."""

import numpy as np

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.clear import clear
from camweave.evaluation.hota import hota
from camweave.evaluation.identity import identity
from camweave.evaluation.overlap import Overlaps, overlaps
from camweave.evaluation.preprocess import EVERYBODY, Countable, Rules, mot_challenge
from camweave.evaluation.scores import Counts, Scores


def evaluate(
    truth: BoxTable,
    result: BoxTable,
    *,
    name: str = "",
    iou_threshold: float = 0.5,
    rules: Rules = "auto",
    countable: Countable = EVERYBODY,
    frame_count: int | None = None,
) -> Scores:
    """HOTA, CLEAR and identity scores of one sequence, equal to TrackEval's.

    A result box in a frame without truth is wrong, and so is one after the truth's last frame;
    with `frame_count` given, a box beyond it is refused, as TrackEval does. `iou_threshold`
    is that of CLEAR and identity. See `Rules` and `Countable` for what counts.

    Raises:
        InputError: an id stands twice in a frame, a box is not finite, a frame is beyond
            `frame_count`, or a class does not fit the rules.
    """
    for who, table in (("truth", truth), ("result", result)):
        _refuse_frames_beyond(who, table, frame_count)
    truth, result = mot_challenge(truth, result, rules=rules, countable=countable)
    pairs = overlaps(truth, result)
    return Scores(
        name=name,
        by_alpha=hota(pairs),
        clear=clear(pairs, iou_threshold=iou_threshold),
        identity=identity(pairs, iou_threshold=iou_threshold),
        counts=_counts(pairs, frame_count or _span(truth, result)),
    )


def _refuse_frames_beyond(who: str, table: BoxTable, frame_count: int | None) -> None:
    if frame_count is not None and len(table) and table.frame[-1] >= frame_count:
        raise InputError(
            f"{who}: frame {table.frame[-1]} (the first is 0) is beyond the sequence's "
            f"{frame_count} frames; is it of another video?"
        )


def _counts(pairs: Overlaps, frames: int) -> Counts:
    return Counts(
        truth_boxes=len(pairs.truth_id),
        result_boxes=len(pairs.result_id),
        truth_ids=pairs.truth_ids,
        result_ids=pairs.result_ids,
        frames=frames,
    )


def _span(truth: BoxTable, result: BoxTable) -> int:
    frames = np.concatenate([truth.frame, result.frame])
    return int(frames.max() - frames.min()) + 1 if len(frames) else 0
