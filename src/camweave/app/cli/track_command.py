"""`camweave track`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.first_run import say_if_compiling
from camweave.app.cli.output import rate, say, say_json
from camweave.app.site.kinds import kind_problem
from camweave.core.errors import InputError
from camweave.tracking.params import ByteTrackParams

USUAL: Final = ByteTrackParams()

HELP: Final = """Join the detections of one camera to tracklets with ByteTrack.

Reads a detections_raw.npz, or a MOTChallenge det.txt (then say its --fps). No pixels are needed.
A *_timing.json is written beside the result.

\b
Example:
  camweave track detections_raw.npz -o tracklets_raw.npz --mot street.txt
"""


def usually(text: str, value: float) -> Any:  # noqa: ANN401 - what typer makes has no public type
    """An option whose default is the tracker's own."""
    return typer.Option(help=f"{text} [{value}]")


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("track", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    detections: Annotated[
        Path, typer.Argument(metavar="DETECTIONS", help="detections_raw.npz or det.txt")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="tracklets_raw.npz to write")],
    mot: Annotated[Path | None, typer.Option(help="also write MOTChallenge text")] = None,
    csv: Annotated[Path | None, typer.Option(help="also write a CSV table")] = None,
    tracker: Annotated[str, typer.Option(help="kind of tracker")] = "bytetrack",
    fps: Annotated[float | None, typer.Option(help="frames/s, where the file is silent")] = None,
    camera: Annotated[str | None, typer.Option(help="name, where the file is silent")] = None,
    high: Annotated[float | None, usually("score of a strong detection", USUAL.high)] = None,
    low: Annotated[float | None, usually("least score that is used", USUAL.low)] = None,
    match: Annotated[float | None, usually("most that a match may cost", USUAL.match)] = None,
    patience: Annotated[float | None, usually("s that a lost track waits", USUAL.patience)] = None,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Track, and say what came of it."""
    knobs = {"high": high, "low": low, "match": match, "patience": patience}
    given = {key: value for key, value in knobs.items() if value is not None}
    params = tracker_params(tracker, given)
    say_if_compiling()
    from camweave.app.jobs.track import track, write_texts
    from camweave.app.runtime.stopwatch import Stopwatch

    watch = Stopwatch()
    tracklets = track(detections, out, params=params, fps=fps, camera=camera, watch=watch)
    write_texts(tracklets, mot, csv)
    report = {
        "detections": str(detections),
        "tracklets_file": str(out),
        "frames": watch.counts["frames"],
        "detections_read": watch.counts["detections"],
        "detections_tracked": len(tracklets.frame),
        "tracklets": len(tracklets),
        "seconds": round(watch.seconds, 3),
        "tracking_seconds": round(watch.parts["track"], 6),
        "tracking_frames_per_second": rate(watch.counts["frames"], watch.parts["track"]),
    }
    if json:
        say_json(report)
    else:
        tell(report)


def tracker_params(kind: str, given: dict[str, Any]) -> ByteTrackParams:
    """The parameters of the tracker that is asked for.

    Raises:
        InputError: there is no such tracker, or a value is out of its range.
    """
    problem = kind_problem("tracker", kind)
    if problem:
        raise InputError(f"--tracker: {problem}")
    return ByteTrackParams(**given)


def tell(report: dict[str, Any]) -> None:
    """The report in two lines."""
    tracked, found = report["detections_tracked"], report["detections_read"]
    took, speed = report["tracking_seconds"] * 1000, report["tracking_frames_per_second"]
    say(
        f"{report['tracklets']} tracklets from {tracked} of {found} detections "
        f"in {report['frames']} frames -> {report['tracklets_file']}",
        f"tracking took {took:.1f} ms ({speed:,.0f} frames/s), with I/O {report['seconds']:.2f} s",
    )
