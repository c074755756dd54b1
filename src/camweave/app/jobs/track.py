"""Stage 2: detections to tracklets. No pixels are needed."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from camweave.app.build.trackers import make_tracker
from camweave.app.jobs.recipe import Recipe
from camweave.app.jobs.supervision import Foreign, from_supervision
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.kinds import BY_LOOKS
from camweave.app.site.trackers import AnyTrackerParams
from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.tracks import Tracklets
from camweave.formats.any_detections import load_detections
from camweave.formats.camera_motion import read_camera_motion
from camweave.formats.seqinfo import sequence_file
from camweave.formats.timing import Timing, timing_path, write_timing
from camweave.formats.tracklets import write_tracklets
from camweave.tracking.params.bytetrack import ByteTrackParams

Found: TypeAlias = str | Path | DetectionLog | Iterable[Foreign]


def track(
    detections: Found,
    out: str | Path | None = None,
    *,
    params: AnyTrackerParams | None = None,
    fps: float | None = None,
    camera: str | None = None,
    camera_motion: str | Path | None = None,
    watch: Stopwatch | None = None,
) -> Tracklets:
    """The tracklets of one camera's recording; written to `out` (`.npz`) where one is given.

    `detections` is a log, a file (`.npz`, MOTChallenge, KITTI, CSV, COCO results), or one
    `supervision.Detections` per frame. `fps` is the rate in frames/s of what does not say it,
    `camera_motion` a file with the motion between frames. A `*_timing.json` goes beside `out`.

    Raises:
        FileFormatError: the detections cannot be read.
        InputError: the tracker needs what the detections do not have.
        OutputError: a result could not be written.
    """
    params = params or ByteTrackParams()
    watch = watch or Stopwatch()
    recipe = track_recipe(
        detections, params=params, fps=fps, camera=camera, camera_motion=camera_motion
    )
    with watch.part("read"):
        log = as_log(detections, camera=camera, fps=fps)
        if camera_motion is not None:
            motion = read_camera_motion(Path(camera_motion), log.frame_count)
            log = replace(log, camera_motion=motion)
    check_looks(params, log, detections)
    watch.counts |= {"frames": log.frame_count, "detections": len(log)}
    with watch.part("prepare"):
        tracker = make_tracker(params, log.fps)
    with watch.part("track"):
        tracklets = tracker.track(log)
    if out is not None:
        with watch.part("write"):
            write_tracklets(Path(out), tracklets, made_from=recipe.digest())
        write_timing(timing_path(Path(out)), tracking_timing(log, tracklets, watch))
    return tracklets


def track_recipe(
    detections: Found,
    *,
    params: AnyTrackerParams,
    fps: float | None = None,
    camera: str | None = None,
    camera_motion: str | Path | None = None,
) -> Recipe:
    """What `track` makes its output of."""
    beside = sequence_file(Path(detections)) if isinstance(detections, str | Path) else None
    made_of = [each for each in (detections, camera_motion, beside) if each is not None]
    return Recipe.of("track", made_of, tracker=params, fps=fps, camera=camera)


def as_log(detections: Found, *, camera: str | None, fps: float | None) -> DetectionLog:
    """Detections in whichever form, as a log.

    Raises:
        FileFormatError: the file cannot be read.
        InputError: frames of detections without their rate.
    """
    if isinstance(detections, DetectionLog):
        return detections
    if isinstance(detections, str | Path):
        return load_detections(detections, camera=camera, fps=fps)
    if fps is None:
        raise InputError("detections frame by frame say no frame rate; give fps=")
    return from_supervision(detections, fps=fps, camera=camera or "camera")


def check_looks(params: AnyTrackerParams, log: DetectionLog, detections: Found) -> None:
    """Refuse a tracker by appearance where nothing was embedded.

    Raises:
        InputError: it is one.
    """
    if params.kind in BY_LOOKS and log.embedding is None and len(log):
        what = f"{detections}: " if isinstance(detections, str | Path) else ""
        raise InputError(
            f"{what}the tracker {params.kind} needs embeddings, and these detections have none; "
            "detect with --embedder, or choose another --tracker"
        )


def tracking_timing(log: DetectionLog, tracklets: Tracklets, watch: Stopwatch) -> Timing:
    """What tracking took."""
    return Timing(
        stage="track",
        frames=log.frame_count,
        seconds=watch.seconds,
        work_seconds=watch.parts["track"],
        counts={
            "detections": len(log),
            "tracked_detections": len(tracklets.frame),
            "tracklets": len(tracklets),
        },
    )
