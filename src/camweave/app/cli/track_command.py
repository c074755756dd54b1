"""`camweave track`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.first_run import say_if_compiling
from camweave.app.cli.json_options import Json
from camweave.app.cli.output import rate
from camweave.app.cli.stage import (
    Force,
    Settings,
    say_up_to_date,
    tell_report,
    texts_again,
)
from camweave.app.cli.tracker_options import tracker_params
from camweave.tracking.params.bytetrack import ByteTrackParams

USUAL: Final = ByteTrackParams()

HELP: Final = """Join the detections of one camera to tracklets. No pixels are needed.

Reads detections_raw.npz, MOTChallenge det.txt, KITTI text, a CSV table with a header, or COCO
results (.json); text may be gzipped. Where a file does not say its frame rate, give --fps. A
*_timing.json is written beside the result. A result that is up to date is not made again.

\b
Trackers:
  bytetrack  the usual choice: weak detections keep a track through an occlusion
  weave      our own, by motion alone: crowds, people who bend or turn, cameras that shake
  sort       the simplest: overlap and steady motion; for clean detections and few crossings
  ocsort     for motion that turns and stops, as in dance or sport; recovers after occlusions
  deepsort   by appearance, through long occlusions; needs detections with embeddings
  botsort    for a moving camera (--camera-motion); appearance too, where there are embeddings

\b
Examples:
  camweave track detections_raw.npz -o tracklets_raw.npz --mot street.txt
  camweave track det.txt.gz -o tracklets_raw.npz --fps 20 --tracker ocsort --set patience=2
"""


def usually(text: str, value: float) -> Any:  # noqa: ANN401 - what typer makes has no public type
    """An option whose default is ByteTrack's own."""
    return typer.Option(help=f"{text} [{value} in bytetrack]")


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("track", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    detections: Annotated[
        Path, typer.Argument(metavar="DETECTIONS", help=".npz, .txt, .csv or .json")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="tracklets_raw.npz to write")],
    mot: Annotated[Path | None, typer.Option(help="also write MOTChallenge text")] = None,
    csv: Annotated[Path | None, typer.Option(help="also write a CSV table")] = None,
    tracker: Annotated[str, typer.Option(help="kind of tracker")] = "bytetrack",
    fps: Annotated[float | None, typer.Option(help="frames/s, where the file is silent")] = None,
    camera: Annotated[str | None, typer.Option(help="name, where the file is silent")] = None,
    camera_motion: Annotated[
        Path | None, typer.Option(help="file of a moving camera's motion, for botsort")
    ] = None,
    high: Annotated[float | None, usually("score of a strong detection", USUAL.high)] = None,
    low: Annotated[float | None, usually("least score that is used", USUAL.low)] = None,
    match: Annotated[float | None, usually("most that a match may cost", USUAL.match)] = None,
    patience: Annotated[float | None, usually("s that a lost track waits", USUAL.patience)] = None,
    settings: Settings = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Track, and say what came of it."""
    knobs = {"high": high, "low": low, "match": match, "patience": patience}
    params = tracker_params(tracker, knobs, settings or ())
    from camweave.app.jobs.texts import write_texts
    from camweave.app.jobs.track import track, track_recipe
    from camweave.app.runtime.stopwatch import Stopwatch

    said: dict[str, Any] = {"fps": fps, "camera": camera, "camera_motion": camera_motion}
    if not force and track_recipe(detections, params=params, **said).stands(out):
        texts_again(out, mot, csv)
        say_up_to_date(out, "tracklets_file", json=json)
        return
    say_if_compiling(tracker)
    watch = Stopwatch()
    tracklets = track(detections, out, params=params, watch=watch, **said)
    write_texts(tracklets, mot, csv)
    report = {
        "detections": str(detections),
        "tracklets_file": str(out),
        "tracker": tracker,
        "frames": watch.counts["frames"],
        "detections_read": watch.counts["detections"],
        "detections_tracked": len(tracklets.frame),
        "tracklets": len(tracklets),
        "seconds": round(watch.seconds, 3),
        "tracking_seconds": round(watch.parts["track"], 6),
        "tracking_frames_per_second": rate(watch.counts["frames"], watch.parts["track"]),
    }
    tell_report(report, lines_of(report), json=json)


def lines_of(report: dict[str, Any]) -> tuple[str, ...]:
    """The report in two lines."""
    tracked, found = report["detections_tracked"], report["detections_read"]
    took, speed = report["tracking_seconds"] * 1000, report["tracking_frames_per_second"]
    return (
        f"{report['tracklets']} tracklets from {tracked} of {found} detections "
        f"in {report['frames']} frames -> {report['tracklets_file']}",
        f"tracking took {took:.1f} ms ({speed:,.0f} frames/s), with I/O {report['seconds']:.2f} s",
    )
