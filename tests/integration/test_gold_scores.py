"""Published scores of published results: TrackEval's and py-motmetrics'."""

import csv
from pathlib import Path

import pytest

from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.report import figures
from camweave.evaluation.scores import ALPHAS, Scores, combine
from camweave.formats.mot import read_mot

pytestmark = pytest.mark.realdata

SEQUENCES = ("MOT17-05", "MOT17-09", "MOT17-11")
FOUR_DECIMALS = 5e-5
CURVES = ("HOTA", "DetA", "AssA", "DetRe", "DetPr", "AssRe", "AssPr", "LocA")
OURS_OF_CURVES = ("hota", "det_a", "ass_a", "det_re", "det_pr", "ass_re", "ass_pr", "loc_a")
SINGLE = {
    "MOTA": "mota",
    "MOTP": "motp",
    "IDSW": "switches",
    "Frag": "fragments",
    "MT": "mostly_tracked",
    "PT": "partly_tracked",
    "ML": "mostly_lost",
    "CLR_TP": "tp",
    "CLR_FN": "fn",
    "CLR_FP": "fp",
    "IDF1": "idf1",
    "IDR": "idr",
    "IDP": "idp",
    "IDTP": "idtp",
    "IDFN": "idfn",
    "IDFP": "idfp",
    "Dets": "result_boxes",
    "GT_Dets": "truth_boxes",
    "IDs": "result_ids",
    "GT_IDs": "truth_ids",
}


def mot17(data_dir: Path, sequence: str) -> Scores:
    truth = read_mot(data_dir / "mot" / "MOT17" / sequence / "gt" / "gt.txt")
    folder = data_dir / "mot" / "results" / "TrackEval_gold_MOT17"
    return evaluate(truth, read_mot(folder / f"{sequence}-FRCNN.txt.gz"), name=sequence)


@pytest.fixture(scope="module")
def gold(data_dir: Path) -> dict[str, dict[str, float]]:
    """TrackEval's figures of every sequence."""
    folder = data_dir / "mot" / "results" / "TrackEval_gold_MOT17"
    with (folder / "pedestrian_detailed.csv").open(newline="") as file:
        return {
            row.pop("seq"): {name: float(value) for name, value in row.items()}
            for row in csv.DictReader(file)
        }


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_mot17_scores_are_trackevals(
    data_dir: Path, gold: dict[str, dict[str, float]], sequence: str
) -> None:
    ours, theirs = figures(mot17(data_dir, sequence)), gold[f"{sequence}-FRCNN"]
    for name, our_name in SINGLE.items():
        assert ours[our_name] == pytest.approx(theirs[name], abs=FOUR_DECIMALS), name
    for name, our_name in zip(CURVES, OURS_OF_CURVES, strict=True):
        assert ours[our_name] == pytest.approx(theirs[f"{name}___AUC"], abs=FOUR_DECIMALS), name


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_mot17_curves_are_trackevals(
    data_dir: Path, gold: dict[str, dict[str, float]], sequence: str
) -> None:
    curves, theirs = mot17(data_dir, sequence).by_alpha, gold[f"{sequence}-FRCNN"]
    for at, percent in enumerate((ALPHAS * 100).round().astype(int).tolist()):
        for name, our_name in zip(CURVES, OURS_OF_CURVES, strict=True):
            value = getattr(curves, our_name)[at]
            assert value == pytest.approx(theirs[f"{name}___{percent}"], abs=FOUR_DECIMALS), name


def test_mot17_together_is_the_sum_of_its_parts(
    data_dir: Path, gold: dict[str, dict[str, float]]
) -> None:
    theirs = [gold[f"{sequence}-FRCNN"] for sequence in SEQUENCES]
    ours = combine([mot17(data_dir, sequence) for sequence in SEQUENCES])
    found = sum(row["IDTP"] for row in theirs)
    wrong = sum(row["IDFP"] + row["IDFN"] for row in theirs)
    assert ours.idf1 == pytest.approx(2 * found / (2 * found + wrong), abs=FOUR_DECIMALS)
    matched = [row["HOTA_TP___50"] for row in theirs]
    weighted = sum(n * row["AssA___50"] for n, row in zip(matched, theirs, strict=True))
    assert ours.by_alpha.ass_a[9] == pytest.approx(weighted / sum(matched), abs=FOUR_DECIMALS)


@pytest.mark.parametrize(
    ("sequence", "mota", "idf1", "switches", "fragments"),
    [("TUD-Campus", 0.526, 0.558, 7, 7), ("TUD-Stadtmitte", 0.564, 0.645, 7, 6)],
)
def test_tud_scores_are_those_published(  # noqa: PLR0917 - the columns of the table above
    data_dir: Path, sequence: str, mota: float, idf1: float, switches: int, fragments: int
) -> None:
    mot = data_dir / "mot"
    scores = evaluate(
        read_mot(mot / "MOT15" / sequence / "gt" / "gt.txt"),
        read_mot(mot / "results" / "motmetrics_testdata" / f"{sequence}.txt.gz"),
    )
    assert scores.mota == pytest.approx(mota, abs=5e-4)
    assert scores.idf1 == pytest.approx(idf1, abs=5e-4)
    assert (scores.clear.switches, scores.clear.fragments) == (switches, fragments)
