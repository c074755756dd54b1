"""`camweave batch`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.first_run import say_if_compiling
from camweave.app.cli.output import columns, note, rate, say, say_json
from camweave.app.cli.progress import progress_bar

HELP: Final = """Detect and track every camera of a site, and write the results.

For each camera: detections_raw.npz, tracklets_raw.npz, a *_timing.json beside each, mot.txt
(MOTChallenge), mot.csv, and with --video an annotated mot.mp4. run.json says what ran. A camera
that fails does not stop the others; the exit status is then 1.

\b
Example:
  camweave batch site.yaml -o out --video
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("batch", help=HELP, short_help=short)(command)


def command(
    *,
    site: Annotated[Path, typer.Argument(metavar="SITE", help="site file (YAML)")],
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write to")],
    video: Annotated[bool, typer.Option("--video", help="also write annotated mp4")] = False,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Run all cameras, and say what came of each."""
    from camweave.app.site.load import read_site

    plan = read_site(site)
    say_if_compiling(*(camera.tracker.kind for camera in plan.cameras))
    from camweave.app.jobs.batch import batch

    with progress_bar() as progress:
        reports = batch(plan, out, video=video, progress=progress)
    failed = [each for each in reports if each.error]
    if json:
        say_json({"out": str(out), "cameras": [as_json(each) for each in reports]})
    else:
        say(*camera_table(reports), f"-> {out}")
    for each in failed:
        note(f"camera {each.camera}: {each.error}")
    if failed:
        raise typer.Exit(1)


def as_json(report: Any) -> dict[str, Any]:  # noqa: ANN401 - imported when it is needed
    """A camera's report."""
    from dataclasses import asdict

    return asdict(report)


def camera_table(reports: Sequence[Any]) -> list[str]:
    """One line per camera."""
    head = ("camera", "frames", "detections", "tracklets", "seconds", "frames/s")
    rows = [
        (
            each.camera,
            str(each.frames),
            str(each.detections),
            "failed" if each.error else str(each.tracklets),
            f"{each.seconds:.1f}",
            f"{rate(each.frames, each.seconds):.0f}",
        )
        for each in reports
    ]
    return columns([head, *rows])
