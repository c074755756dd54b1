"""Scores of result files against truth files: one pair, or folders of cameras."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate as score
from camweave.evaluation.preprocess import EVERYBODY, Countable, Rules
from camweave.evaluation.scores import Scores
from camweave.evaluation.tables import no_boxes
from camweave.formats.any_detections import read_boxes

ACROSS: Final = "across cameras"
NAMED: Final = 5  # sequences that a message lists
# What a folder may hold, in the order in which it is looked for.
LAYOUTS: Final = ("*/mot.txt", "*.txt", "*.txt.gz", "*/gt/gt.txt", "gt/gt.txt")
NO_RESULTS: Final = ("layout.learned.txt",)  # text that stands beside results


def evaluate(
    truth: str | Path,
    result: str | Path,
    *,
    iou_threshold: float = 0.5,
    rules: Rules = "auto",
    countable: Countable = EVERYBODY,
) -> list[Scores]:
    """Scores of each sequence, in order of name.

    Both are MOTChallenge or KITTI text files, or folders: of `CAMERA.txt`, as `batch` writes
    them, or as MOTChallenge does. A camera without a result is one in which nothing was found.
    Who is not `countable` is neither to be found nor missed.

    Raises:
        InputError: a file and a folder, no file in a folder, or a result without its truth.
        FileFormatError: a file cannot be read; file and line are named.
    """
    truths, results = tables(truth, result, iou_threshold)
    nothing = no_boxes()
    return [
        score(
            table,
            results.get(name, nothing),
            name=name,
            iou_threshold=iou_threshold,
            rules=rules,
            countable=countable,
        )
        for name, table in truths.items()
    ]


def evaluate_across(
    truth: str | Path,
    result: str | Path,
    *,
    iou_threshold: float = 0.5,
    rules: Rules = "auto",
    countable: Countable = EVERYBODY,
) -> Scores:
    """The same files scored as one: an id is one object in all cameras.

    Raises:
        InputError: as `evaluate`.
        FileFormatError: as `evaluate`.
    """
    joined = join_cameras(*tables(truth, result, iou_threshold))
    return score(
        *joined, name=ACROSS, iou_threshold=iou_threshold, rules=rules, countable=countable
    )


def tables(
    truth: str | Path, result: str | Path, iou_threshold: float
) -> tuple[dict[str, BoxTable], dict[str, BoxTable]]:
    """The boxes of truth and result, by the name of their sequence."""
    if not 0 < iou_threshold <= 1:
        raise InputError(f"--iou: expected more than 0 and at most 1, got {iou_threshold:g}")
    pairs = file_pairs(Path(truth), Path(result))
    truths = {name: read_boxes(path) for name, (path, _) in pairs.items()}
    results = {name: read_boxes(path) for name, (_, path) in pairs.items() if path is not None}
    return truths, results


def file_pairs(truth: Path, result: Path) -> dict[str, tuple[Path, Path | None]]:
    """Truth and result file of each sequence, by its name."""
    for path in (truth, result):
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
    if truth.is_dir() != result.is_dir():
        folder, file = (truth, result) if truth.is_dir() else (result, truth)
        raise InputError(f"{folder} is a folder and {file} a file; give two of one kind")
    if not truth.is_dir():
        return {result.parent.name if result.stem == "mot" else stem(result): (truth, result)}
    truths, results = sequences(truth), sequences(result)
    strange = sorted(set(results) - set(truths))
    if strange:
        raise InputError(f"{results[strange[0]]}: no truth named {strange[0]!r} in {truth}")
    if not set(truths) & set(results):
        raise InputError(f"{result}: no result for any of {names(truths)}")
    return {name: (path, results.get(name)) for name, path in sorted(truths.items())}


def sequences(folder: Path) -> dict[str, Path]:
    """The text files of a folder, by the name of their sequence."""
    for layout in LAYOUTS:
        found = sorted(path for path in folder.glob(layout) if path.name not in NO_RESULTS)
        if found:
            return {sequence_name(path, folder): path for path in found}
    raise InputError(f"{folder}: no CAMERA.txt, CAMERA/mot.txt or SEQUENCE/gt/gt.txt in it")


def sequence_name(path: Path, folder: Path) -> str:
    """The folder below `folder`, or the file's own name."""
    inside = path.relative_to(folder).parts
    if inside[0] == "gt":
        return folder.name
    return inside[0] if len(inside) > 1 else stem(path)


def stem(path: Path) -> str:
    """The file's name without its endings."""
    return path.name.removesuffix(".gz").removesuffix(".txt")


def names(of: Iterable[str]) -> str:
    """A few names for a message."""
    every = sorted(of)
    return ", ".join(every[:NAMED]) + (" ..." if every[NAMED:] else "")
