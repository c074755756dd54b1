"""`camweave demo`."""

import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.first_run import say_if_compiling
from camweave.app.cli.json_options import JsonAtEnd
from camweave.app.cli.output import columns, note, say, say_json
from camweave.app.cli.statuses import INTERRUPTED
from camweave.app.cli.threads import keep_to_one_thread, take_short_turns

HELP: Final = """A first look: a small world, filmed live, and its dashboard. No data, no weights.

A junction and a square are seen by four cameras. What a detector would find in the pictures, faults
included, is simulated; it is followed in each camera, and who is who in all of them is found out by
looks, times and places, as it happens. Watch it at the address that is printed, until Ctrl-C.

With --seconds, --headless or --json, or where no terminal is, it ends by itself (after 60 s unless
said), leaves a film of each camera in the folder, and scores what was shown against the truth.

\b
Example:
  camweave demo
  camweave demo --headless --seconds 30
"""
FOLDER: Final = Path("camweave-demo")
SCREENS: Final = ("DISPLAY", "WAYLAND_DISPLAY")
USUAL: Final = 60.0  # s, where it ends by itself


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("demo", help=HELP, short_help=short)(command)


def command(
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write to")] = FOLDER,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="end so long after the first picture, and score")
    ] = None,
    cameras: Annotated[int, typer.Option(help="how many, 1 to 8")] = 4,
    seed: Annotated[int, typer.Option(help="another one, another life")] = 1,
    port: Annotated[
        int | None, typer.Option(help="of the dashboard; else 8080, or the next that is free")
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="open no browser; end by itself, with scores")
    ] = False,
    json: JsonAtEnd = False,
) -> None:
    """Run it, and say what came of it."""
    watched = sys.stdout.isatty() and not (headless or json)
    keep_to_one_thread()
    take_short_turns()
    say_if_compiling("bytetrack")
    from camweave.app.jobs.demo.demo import DemoParams, Told, demo

    lasts = seconds if seconds is not None or watched else USUAL
    params = DemoParams(seconds=lasts, cameras=cameras, seed=seed, port=port)
    told = Told(
        serving=lambda url: show(url, lasts, browser=watched),
        across=lambda card, after: note(first_across(card, after)),
        scoring=lambda: note("the pictures are over; holding them against the exact truth"),
    )
    done = demo(out, params, told)
    if json:
        say_json(report(done))
    else:
        say(*lines(done))
    if done.run.interrupted and lasts is not None:
        raise typer.Exit(INTERRUPTED)


def show(url: str, lasts: float | None, *, browser: bool) -> None:
    """Say where it is to be seen, and open it where a person has a screen."""
    end = "Ctrl-C ends it" if lasts is None else f"ends after {lasts:g} s of pictures"
    note(f"the dashboard is at {url}  ({end})")
    screen = sys.platform in {"darwin", "win32"} or any(map(os.environ.get, SCREENS))
    if browser and screen:
        webbrowser.open(url)


def first_across(card: Any, after: float) -> str:  # noqa: ANN401 - imported when it is needed
    """The moment that it is all about."""
    cameras = " and ".join(card.cameras[:2])
    return (
        f"number {card.global_id} is one in {cameras}: the first such, {after:.1f} s from the start"
    )


def report(done: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """All of it for a program."""
    from dataclasses import asdict

    from camweave.evaluation.report import as_dict, figures

    scores = done.scores
    told: dict[str, Any] = {
        "site": str(done.site),
        "url": done.url,
        "run": asdict(done.run),
        "first_across_cameras": done.first_across,
        "films": [str(film) for film in done.films],
    }
    if scores is None:
        return told
    return told | {
        "scores": as_dict(scores.cameras),
        "scores_across_cameras": figures(scores.across),
        "scores_across_cameras_in_the_end": figures(scores.final),
        "identities_as_shown": stability_figures(scores.stability),
    }


def stability_figures(stability: Any) -> dict[str, float | int | None]:  # noqa: ANN401 - as above
    """How the ids behaved while they were shown."""
    known = stability.identities > 0
    return {
        "identities": stability.identities,
        "right_share": stability.right_share,
        "median_seconds_to_right": stability.median_to_right if known else None,
        "changes_per_minute": stability.changes_per_minute,
        "longest_wrong_seconds": stability.longest_wrong,
        "rewritten_share": stability.erasure,
    }


def score_lines(scores: Sequence[Any]) -> list[str]:
    """The figures that matter most, one line per camera and one for all."""
    from camweave.evaluation.report import figures
    from camweave.evaluation.scores import combine

    rows = [("camera", "HOTA", "DetA", "AssA", "IDF1", "MOTA", "switches")]
    for each in [*scores, combine(scores)]:
        row = figures(each)
        shares = [f"{row[name]:.3f}" for name in ("hota", "det_a", "ass_a", "idf1", "mota")]
        rows.append((each.name, *shares, str(row["switches"])))
    return columns(rows, "  ")


def lines(done: Any) -> list[str]:  # noqa: ANN401 - as above
    """What came of it, for people."""
    run, again = done.run, f"camweave live {done.site}"
    looked = ", ".join(f"{each.camera} {each.looked}" for each in run.cameras)
    found = sum(run.objects.values())
    told = [f"looked at {looked} pictures in {run.seconds:.0f} s, found {found} objects"]
    if done.scores is not None:
        told += ["", *scored_lines(done.scores), ""]
    if done.films:
        more = f" and {len(done.films) - 1} more" if done.films[1:] else ""
        told.append(f"look at   {done.films[0]}{more}")
    return [*told, f"run it    {again}  (the same world, found by motion)"]


def scored_lines(scores: Any) -> list[str]:  # noqa: ANN401 - as above
    """How good it was, and what the words mean."""
    from camweave.evaluation.report import figures

    across, final, ids = figures(scores.across), figures(scores.final), scores.stability
    return [
        "as it was shown, against the exact truth (1 is perfect):",
        *score_lines(scores.cameras),
        "",
        f"one id across all cameras: IDF1 {across['idf1']:.3f} and HOTA {across['hota']:.3f} "
        f"as shown, IDF1 {final['idf1']:.3f} with what was known in the end",
        f"the right id was shown {ids.right_share:.0%} of the time, half of those who came had it "
        f"within {ids.median_to_right:.1f} s",
    ]
