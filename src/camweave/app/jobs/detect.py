"""Stage 1: every frame of one source to detections."""

from pathlib import Path

from camweave.app.build import make_detector, make_source
from camweave.app.jobs.recording import Recording
from camweave.app.jobs.watching import watched
from camweave.app.runtime.progress import Progress, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.model import AnyDetectorParams
from camweave.core.detections import DetectionLog
from camweave.core.stages import Detector, Source
from camweave.detection.filtered import FilterParams
from camweave.detection.motion import MotionParams
from camweave.formats.detections import write_detections
from camweave.formats.timing import Timing, timing_path, write_timing


def detect(  # noqa: PLR0913 - what may be said of one source
    source: str | Path | Source,
    out: str | Path | None = None,
    *,
    detector: AnyDetectorParams | Detector | None = None,
    camera: str | None = None,
    fps: float | None = None,
    offset: float = 0.0,
    keep: FilterParams | None = None,
    progress: Progress = silent,
    watch: Stopwatch | None = None,
) -> DetectionLog:
    """What a detector finds in every frame; written to `out` (`.npz`) where one is given.

    `source` is a video file, a folder of images, or an unopened `Source` (whose name, rate and
    offset are then its own). Without a detector, what moves is found. `fps` is the true rate in
    frames/s where the file declares another; `keep` says which classes, sizes and part of the
    picture matter. A `*_timing.json` goes beside `out`.

    Raises:
        SourceError: the source cannot be opened or decoded.
        ModelError: the model cannot be read.
        OutputError: a result could not be written.
    """
    watch = watch or Stopwatch()
    if isinstance(source, str | Path):
        source = make_source(str(source), camera=camera, fps=fps, offset=offset)
    with watch.part("prepare"):
        finder = make_detector(detector or MotionParams(), keep=keep)
    recording = Recording()
    with source as opened, watched(opened, finder, progress, watch) as line:
        for _, detections in line:
            recording.add(detections)
        log = recording.log(opened.info, finder.class_names)
    if out is not None:
        with watch.part("write"):
            write_detections(Path(out), log)
        write_timing(timing_path(Path(out)), detection_timing(watch))
    return log


def detection_timing(watch: Stopwatch) -> Timing:
    """What detecting took."""
    return Timing(
        stage="detect",
        frames=watch.counts["frames"],
        seconds=watch.seconds,
        work_seconds=watch.parts["detect"],
        counts={"detections": watch.counts["detections"]},
    )
