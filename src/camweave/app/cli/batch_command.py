"""`camweave batch`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.db_command import Url, stored_in
from camweave.app.cli.first_run import say_if_compiling
from camweave.app.cli.json_options import Json
from camweave.app.cli.linked import summary_lines
from camweave.app.cli.output import columns, note, rate, say, say_json
from camweave.app.cli.progress import progress_bar
from camweave.app.cli.statuses import FAILED

HELP: Final = """Detect, track, embed and refine every camera of a site, then find who is who.

For each camera: detections_raw.npz, tracklets_raw.npz, tracklets.npz (with an embedder),
tracklets_refined.npz, a *_timing.json beside each, mot.txt (MOTChallenge) and mot.csv with ids of
that camera, mtmc.txt and mtmc.csv with global ids, and with --video an annotated mot.mp4 and
mtmc.mp4. For the site: what `camweave link` writes (identities.json, mtmc/CAMERA.txt ...), and
run.json, which says what ran. A camera that fails does not stop the others, and those that worked
are linked; the exit status is then 1. `linker: null` in the site file leaves linking out. With a
store, of the site file or --store, all of it is written there, too, as a run of its own.

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
    store: Url = None,
    json: Json = False,
) -> None:
    """Run all cameras, and say what came of each."""
    from camweave.app.site.load import read_site

    plan = stored_in(read_site(site), store)
    say_if_compiling(*(camera.tracker.kind for camera in plan.cameras))
    from camweave.app.jobs.batch import batch

    with progress_bar() as progress:
        reports = batch(plan, out, video=video, file=site, progress=progress)
    failed = [f"camera {each.camera}: {each.error}" for each in reports if each.error]
    failed += [f"linking: {reports.linking.error}"] if reports.linking.error else []
    if json:
        cameras = [as_json(each) for each in reports]
        say_json({"out": str(out), "cameras": cameras, "linking": as_json(reports.linking)})
    else:
        say(*camera_table(reports.cameras), *linking_lines(reports.linking), f"-> {out}")
    for line in failed:
        note(line)
    if failed:
        raise typer.Exit(FAILED)


def linking_lines(linking: Any) -> list[str]:  # noqa: ANN401 - imported when it is needed
    """Who was found to be who, for people."""
    return [] if linking.summary is None else summary_lines(as_json(linking.summary))


def as_json(report: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """A report for a program."""
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
