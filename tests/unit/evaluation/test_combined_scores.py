"""Several sequences together, and the report of them."""

import json

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.report import COLUMNS, as_dict, figures, table
from camweave.evaluation.scores import COMBINED, Scores, combine
from camweave.evaluation.tables import box_table, no_boxes


def sequence(name: str, frames: int, found: int, ids: int = 1) -> Scores:
    """One object for so many frames, found in the first of them under so many ids."""
    truth = box_table(range(frames), [1] * frames, [[0, 0, 10, 10]] * frames)
    names = [at * ids // max(1, found) for at in range(found)]
    result = box_table(range(found), names, [[0, 0, 10, 10]] * found)
    return evaluate(truth, result, name=name)


def test_counts_are_added_and_ratios_taken_afterwards() -> None:
    short, long = sequence("short", 2, 2), sequence("long", 98, 49)
    both = combine([short, long])
    assert (both.name, both.clear.tp, both.clear.fn) == (COMBINED, 51, 49)
    assert both.mota == pytest.approx(0.51)  # the mean of the two would be .75
    assert both.idf1 == pytest.approx(2 * 51 / (2 * 51 + 49))
    assert (both.counts.frames, both.counts.truth_ids) == (100, 2)


def test_association_is_weighted_by_the_boxes_matched() -> None:
    whole, halves = sequence("whole", 30, 30), sequence("halves", 10, 10, ids=2)
    np.testing.assert_allclose(combine([whole, halves]).by_alpha.ass_a, (30 * 1 + 10 * 0.5) / 40)


def test_one_sequence_combined_is_itself() -> None:
    alone = sequence("alone", 10, 7, ids=2)
    assert figures(combine([alone])) == figures(alone)


def test_an_empty_sequence_adds_nothing() -> None:
    some, empty = sequence("some", 10, 7, ids=2), evaluate(no_boxes(), no_boxes())
    assert figures(combine([some, empty])) == figures(some)


def test_nothing_to_combine_is_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        combine([])


def test_the_table_is_aligned_and_ends_with_the_combined_scores() -> None:
    lines = table([sequence("a", 10, 7), sequence("a long name", 4, 4)]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split() == list(COLUMNS.values())
    assert [line.split("  ")[0] for line in lines[1:]] == ["a", "a long name", COMBINED]
    assert lines[2].split()[3:5] == ["1.000", "1.000"]


def test_one_sequence_needs_no_combined_line() -> None:
    assert COMBINED not in table([sequence("a", 10, 7)])


def test_the_dict_is_json_and_holds_every_figure() -> None:
    report = as_dict([sequence("a", 10, 7), sequence("b", 4, 4)])
    again = json.loads(json.dumps(report))
    assert list(again["sequences"]) == ["a", "b"]
    assert set(COLUMNS) < set(again["combined"])
    assert again["combined"]["tp"] == 11
    assert len(again["combined"]["by_alpha"]["hota"]) == 19
