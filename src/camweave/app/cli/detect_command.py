"""`camweave detect`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.detector_options import detector_params
from camweave.app.cli.output import rate, say, say_json
from camweave.app.cli.progress import progress_bar

HELP: Final = """Find the objects in every frame of a video file or a folder of images.

\b
Detectors:
  yolo      a YOLOX, YOLOv5/v8/11 or NanoDet model: .onnx, or OpenVINO's .xml or folder
  motion    what moves, for a camera that does not; no weights
  hog       people, OpenCV's built-in detector; no weights
  recorded  from a detections file (--recording)
Without --detector it is yolo where a --model is given, else motion.

\b
Examples:
  camweave detect street.mp4 -o detections_raw.npz --model yolox_nano.onnx --classes person,car
  camweave detect street.mp4 -o detections_raw.npz
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("detect", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="video file or image folder")],
    out: Annotated[Path, typer.Option("-o", "--out", help="detections_raw.npz to write")],
    detector: Annotated[str | None, typer.Option(help="yolo, motion, hog or recorded")] = None,
    model: Annotated[Path | None, typer.Option(help="the model of yolo")] = None,
    recording: Annotated[Path | None, typer.Option(help="the file of recorded")] = None,
    classes: Annotated[str | None, typer.Option(help="names to keep, with commas")] = None,
    score: Annotated[float | None, typer.Option(help="least score that is kept")] = None,
    nms: Annotated[float | None, typer.Option(help="overlap of two boxes on one object")] = None,
    min_height: Annotated[float | None, typer.Option(help="px; lower boxes are dropped")] = None,
    mask: Annotated[Path | None, typer.Option(help="image; feet on white are kept")] = None,
    fps: Annotated[float | None, typer.Option(help="true frames/s, over the file's own")] = None,
    camera: Annotated[str | None, typer.Option(help="the camera's name [the file's]")] = None,
    offset: Annotated[float, typer.Option(help="s added to the camera's clock")] = 0.0,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Detect, and say what came of it."""
    kind = detector or ("yolo" if model else "recorded" if recording else "motion")
    names = tuple(word.strip() for word in classes.split(",")) if classes is not None else None
    given = {
        "model": str(model) if model else None,
        "path": str(recording) if recording else None,
        "classes": names,
        "score": score,
        "nms": nms,
        "min_height": min_height,
        "mask": mask,
    }
    params, keep = detector_params(kind, given)
    from camweave.app.jobs.detect import detect
    from camweave.app.runtime.stopwatch import Stopwatch

    watch = Stopwatch()
    with progress_bar() as progress:
        log = detect(
            source,
            out,
            detector=params,
            camera=camera,
            fps=fps,
            offset=offset,
            keep=keep,
            progress=progress,
            watch=watch,
        )
    report = {
        "source": source,
        "detections_file": str(out),
        "camera": log.camera,
        "detector": kind,
        "width": log.width,
        "height": log.height,
        "fps": log.fps,
        "frames": log.frame_count,
        "detections": len(log),
        "seconds": round(watch.seconds, 3),
        "frames_per_second": rate(log.frame_count, watch.seconds),
        "parts": {name: round(seconds, 3) for name, seconds in watch.parts.items()},
    }
    if json:
        say_json(report)
    else:
        tell(report)


def tell(report: dict[str, Any]) -> None:
    """The report in two lines."""
    say(
        f"{report['detections']} detections in {report['frames']} frames of "
        f"{report['width']}x{report['height']} -> {report['detections_file']}",
        f"{report['seconds']:.2f} s ({report['frames_per_second']:.0f} frames/s)",
    )
