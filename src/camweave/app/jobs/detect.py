"""Stage 1: every frame of one source to detections."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from camweave.app.build.camera_motion import make_camera_motion
from camweave.app.build.detectors import make_detector
from camweave.app.build.embedders import make_embedder
from camweave.app.build.sources import make_source
from camweave.app.jobs.looking import Seen, all_embedded, with_camera_motion
from camweave.app.jobs.recipe import Recipe
from camweave.app.jobs.recording import Recording
from camweave.app.jobs.watching import BATCH, watched
from camweave.app.runtime.progress import Progress, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.app.site.model import AnyDetectorParams, AnyMotionParams
from camweave.core.detections import DetectionLog
from camweave.core.stages import Detector, Embedder, Source
from camweave.detection.filtered import FilterParams
from camweave.detection.motion import MotionParams
from camweave.formats.detections import write_detections
from camweave.formats.timing import Timing, timing_path, write_timing

WORK: Final = ("detect", "camera_motion", "embed")  # the parts that are not reading or writing


def detect(  # noqa: PLR0913 - what may be said of one source
    source: str | Path | Source,
    out: str | Path | None = None,
    *,
    detector: AnyDetectorParams | Detector | None = None,
    embedder: AnyEmbedderParams | Embedder | None = None,
    camera_motion: AnyMotionParams | None = None,
    camera: str | None = None,
    fps: float | None = None,
    offset: float = 0.0,
    keep: FilterParams | None = None,
    progress: Progress = silent,
    watch: Stopwatch | None = None,
) -> DetectionLog:
    """What a detector finds in every frame; written to `out` (`.npz`) where one is given.

    `source` is a video file, a folder of images, or an unopened `Source` (whose name, rate and
    offset are then its own). Without a detector, what moves is found. With an embedder every
    detection is embedded, with `camera_motion` the camera's own motion is told. `fps` is the true
    rate in frames/s where the file declares another; `keep` says which classes, sizes and part of
    the picture matter. A `*_timing.json` goes beside `out`.

    Raises:
        SourceError: the source cannot be opened or decoded.
        ModelError: the model cannot be read.
        OutputError: a result could not be written.
    """
    watch = watch or Stopwatch()
    detector = detector or MotionParams()
    recipe = detect_recipe(
        source,
        detector=detector,
        embedder=embedder,
        camera_motion=camera_motion,
        camera=camera,
        fps=fps,
        offset=offset,
        keep=keep,
    )
    if isinstance(source, str | Path):
        source = make_source(str(source), camera=camera, fps=fps, offset=offset)
    with watch.part("prepare"):
        finder = make_detector(detector, keep=keep)
        looker = None if embedder is None else make_embedder(embedder)
        motion = None if camera_motion is None else make_camera_motion(camera_motion)
    recording = Recording()
    with source as opened, watched(opened, finder, progress, watch) as line:
        seen: Iterator[Seen] = line
        if motion is not None:
            seen = with_camera_motion(seen, motion, watch)
        if looker is not None:
            seen = all_embedded(seen, looker, watch, BATCH)
        for _, detections in seen:
            recording.add(detections)
        log = recording.log(opened.info, finder.class_names)
    if out is not None:
        with watch.part("write"):
            write_detections(Path(out), log, made_from=recipe.digest())
        write_timing(timing_path(Path(out)), detection_timing(watch))
    return log


def detect_recipe(
    source: str | Path | Source, *, detector: AnyDetectorParams | Detector, **said: object
) -> Recipe:
    """What `detect` makes its output of; `said` is whatever else it is told."""
    return Recipe.of("detect", (source,), detector=detector, **said)


def detection_timing(watch: Stopwatch) -> Timing:
    """What detecting took."""
    return Timing(
        stage="detect",
        frames=watch.counts["frames"],
        seconds=watch.seconds,
        work_seconds=sum(watch.parts.get(name, 0.0) for name in WORK),
        counts={
            "detections": watch.counts["detections"],
            "embedded": watch.counts.get("embedded", 0),
        },
    )
