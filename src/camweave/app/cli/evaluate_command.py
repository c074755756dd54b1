"""`camweave evaluate`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.output import say, say_json
from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean

HELP: Final = """Score tracking results against the truth: HOTA, CLEAR and identity metrics.

Truth and result are one MOTChallenge text file each, or two folders: of CAMERA.txt, as `batch`
writes them (CAMERA/mot.txt), or as MOTChallenge does (SEQUENCE/gt/gt.txt).

\b
Rules say what of the truth counts:
  plain  every row that is not marked 0 (MOT15, DanceTrack, our own files)
  mot17  pedestrians only; matches with distractors count neither way (MOT16, MOT17)
  mot20  the same, with motorless vehicles among the distractors
  auto   mot17 where the truth looks like it, else plain

\b
Example:
  camweave evaluate --truth gt.txt --result street.txt
"""
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
    across: Annotated[
        bool, typer.Option("--across", help="ids are shared: score them across cameras, too")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Score, and print the table."""
    if rules not in RULES:
        raise InputError(f"--rules: no rules {rules!r}{did_you_mean(rules, RULES)}")
    from camweave.app.jobs.evaluate import evaluate, evaluate_across
    from camweave.evaluation.report import as_dict, figures, table

    chosen: Any = rules
    scores = evaluate(truth, result, iou_threshold=iou, rules=chosen)
    joined = [evaluate_across(truth, result, iou_threshold=iou, rules=chosen)] if across else []
    if json:
        across_cameras = figures(joined[0]) if joined else None
        say_json(as_dict(scores) | {"across_cameras": across_cameras})
    else:
        say(table(scores), *(table([each]) for each in joined))
