"""`camweave evaluate`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json
from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean

HELP: Final = """Score tracking results against the truth: HOTA, CLEAR and identity metrics.

Truth and result are one MOTChallenge text file each, or two folders: of CAMERA.txt, as `batch`
writes them (CAMERA/mot.txt), or as MOTChallenge does (SEQUENCE/gt/gt.txt). Where ids are shared,
as in the folder `mtmc` of `batch` and `link`, or with --across, all cameras are scored as one, too:
an object keeps its id in all of them, or it is a mistake.

\b
Rules say what of the truth counts:
  plain  every row that is not marked 0 (MOT15, DanceTrack, our own files)
  mot17  pedestrians only; matches with distractors count neither way (MOT16, MOT17)
  mot20  the same, with motorless vehicles among the distractors
  auto   mot17 where the truth looks like it, else plain
  forgiving  plain, but what matches a row that is marked 0 counts neither way

Who is lower than --least-height, or of whom less is seen than --least-visibility, is neither to be
found nor missed under any of them; KITTI asks for 25 px, Caltech for 50 px and 0.65.

\b
Examples:
  camweave evaluate --truth gt.txt --result street.txt
  camweave evaluate --truth world/truth --result out/mtmc --least-height 25
"""
SHARED: Final = "mtmc"  # a folder of this name holds ids that are shared
ACROSS: Final = {
    "idf1": "IDF1",
    "idp": "IDP",
    "idr": "IDR",
    "hota": "HOTA",
    "det_a": "DetA",
    "ass_a": "AssA",
}
RULES: Final = ("auto", "plain", "forgiving", "mot17", "mot20")


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("evaluate", help=HELP, short_help=short)(command)


def command(
    *,
    truth: Annotated[Path, typer.Option(help="file or folder of the truth")],
    result: Annotated[Path, typer.Option(help="file or folder of the result")],
    rules: Annotated[str, typer.Option(help="auto, plain, forgiving, mot17 or mot20")] = "auto",
    iou: Annotated[float, typer.Option(help="overlap of a match, for CLEAR and identity")] = 0.5,
    least_height: Annotated[float, typer.Option(metavar="PX", help="of a box that counts")] = 0.0,
    least_visibility: Annotated[
        float, typer.Option(metavar="SHARE", help="of a box that counts, as the truth says it")
    ] = 0.0,
    across: Annotated[
        bool | None,
        typer.Option(
            "--across/--no-across", help="score across cameras, too [where ids are shared]"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Score, and print the table."""
    if rules not in RULES:
        raise InputError(f"--rules: no rules {rules!r}{did_you_mean(rules, RULES)}")
    from camweave.app.jobs.evaluate import evaluate, evaluate_across
    from camweave.evaluation.preprocess import Countable
    from camweave.evaluation.report import as_dict, figures, table

    asked: dict[str, Any] = {
        "iou_threshold": iou,
        "rules": rules,
        "countable": Countable(height=least_height, visibility=least_visibility),
    }
    scores = evaluate(truth, result, **asked)
    shared = result.name == SHARED and result.is_dir() if across is None else across
    joined = evaluate_across(truth, result, **asked) if shared else None
    if json:
        say_json(as_dict(scores) | {"across_cameras": None if joined is None else figures(joined)})
    else:
        say(table(scores), *([] if joined is None else across_lines(joined)))


def across_lines(scores: Any) -> list[str]:  # noqa: ANN401 - imported when it is needed
    """The figures that mean something across cameras: switches at the seams do not."""
    from camweave.evaluation.report import figures

    row = figures(scores)
    shown = {name: f"{row[key]:.3f}" for key, name in ACROSS.items()}
    counts = str(row["truth_ids"]), str(row["result_ids"])
    head, cells = (scores.name, *shown, "ids", "found"), ("", *shown.values(), *counts)
    return ["", *columns([head, cells])]
