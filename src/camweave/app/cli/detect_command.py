"""`camweave detect`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.detector_options import detector_params
from camweave.app.cli.embedder_options import embedder_params
from camweave.app.cli.json_options import Json
from camweave.app.cli.output import rate
from camweave.app.cli.progress import progress_bar
from camweave.app.cli.stage import Force, say_up_to_date, tell_report

HELP: Final = """Find the objects in every frame of a video file or a folder of images.

\b
Detectors:
  yolo      a YOLOX, YOLOv5/v8/11 or NanoDet model: .onnx, or OpenVINO's .xml or folder
  motion    what moves, for a camera that does not; no weights
  hog       people, OpenCV's built-in detector; no weights
  recorded  from a detections file (--recording)
Without --detector it is yolo where a --model is given, else motion.

With --embedder, each detection is given a vector that tells what it looks like, for a tracker by
appearance. A result that is up to date is not made again.

\b
Embedders:
  reid       a re-identification model (--embedder-model)
  histogram  colour and shape; no weights

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
    embedder: Annotated[str | None, typer.Option(help="reid or histogram")] = None,
    embedder_model: Annotated[Path | None, typer.Option(help="the model of reid")] = None,
    camera_motion: Annotated[
        str | None, typer.Option(metavar="flow|FILE", help="tell how the camera itself moves")
    ] = None,
    force: Force = False,
    json: Json = False,
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
    from camweave.app.cli.motion_options import motion_params
    from camweave.app.jobs.detect import detect, detect_recipe
    from camweave.app.runtime.stopwatch import Stopwatch

    said: dict[str, Any] = {
        "detector": params,
        "keep": keep,
        "embedder": looks_params(embedder, embedder_model),
        "camera_motion": motion_params(camera_motion),
        "camera": camera,
        "fps": fps,
        "offset": offset,
    }
    if not force and detect_recipe(source, **said).stands(out):
        say_up_to_date(out, "detections_file", json=json)
        return
    watch = Stopwatch()
    with progress_bar() as progress:
        log = detect(source, out, **said, progress=progress, watch=watch)
    report = {"source": source, "detections_file": str(out), "detector": kind}
    report |= figures(log, watch)
    tell_report(report, lines_of(report), json=json)


def looks_params(kind: str | None, model: Path | None) -> Any:  # noqa: ANN401 - imported when they are needed
    """The parameters of the embedder; a model alone says which it is."""
    kind = kind or ("reid" if model else "none")
    return embedder_params(kind, model, option="--embedder-model")


def figures(log: Any, watch: Any) -> dict[str, Any]:  # noqa: ANN401 - imported when they are needed
    """What was found, and what it took."""
    return {
        "camera": log.camera,
        "width": log.width,
        "height": log.height,
        "fps": log.fps,
        "frames": log.frame_count,
        "detections": len(log),
        "embedded": watch.counts.get("embedded", 0),
        "seconds": round(watch.seconds, 3),
        "frames_per_second": rate(log.frame_count, watch.seconds),
        "parts": {name: round(seconds, 3) for name, seconds in watch.parts.items()},
    }


def lines_of(report: dict[str, Any]) -> tuple[str, ...]:
    """The report in two lines."""
    embedded = f", {report['embedded']} embedded," if report["embedded"] else ""
    return (
        f"{report['detections']} detections{embedded} in {report['frames']} frames of "
        f"{report['width']}x{report['height']} -> {report['detections_file']}",
        f"{report['seconds']:.2f} s ({report['frames_per_second']:.0f} frames/s)",
    )
