"""All cameras of a site, one after the other: detections, tracklets, texts and pictures of each."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from camweave.app.build import make_detector, make_source, make_tracker
from camweave.app.jobs.detect import detection_timing
from camweave.app.jobs.drawing import drawing
from camweave.app.jobs.recording import Recording
from camweave.app.jobs.run_report import write_run_report
from camweave.app.jobs.track import tracking_timing, write_texts
from camweave.app.jobs.watching import watched
from camweave.app.runtime.progress import Progress, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.load import read_site
from camweave.app.site.model import Camera, Site
from camweave.core.detections import DetectionLog
from camweave.core.errors import CamweaveError
from camweave.formats.atomic import cannot_write
from camweave.formats.detections import write_detections
from camweave.formats.timing import timing_path, write_timing
from camweave.formats.tracklets import write_tracklets

DETECTIONS: Final = "detections_raw.npz"
TRACKLETS: Final = "tracklets_raw.npz"
TEXT, TABLE, VIDEO, RUN = "mot.txt", "mot.csv", "mot.mp4", "run.json"


@dataclass(frozen=True, slots=True)
class CameraReport:
    """What came of one camera."""

    camera: str
    frames: int = 0
    detections: int = 0
    tracklets: int = 0
    seconds: float = 0.0  # s of wall time
    parts: dict[str, float] = field(default_factory=dict)  # s by what they were spent on
    error: str | None = None  # why it failed; the others do not care


def batch(
    site: str | Path | Site,
    out: str | Path,
    *,
    video: bool = False,
    progress: Progress = silent,
) -> list[CameraReport]:
    """Detect and track every camera of a site; one report each, in the site's order.

    Writes `CAMERA/detections_raw.npz`, `tracklets_raw.npz`, their timings, `mot.txt`, `mot.csv`
    and, with `video`, `mot.mp4` into `out`, and `run.json` last. A camera that fails is reported
    and does not keep the others from their end. Memory holds results, never a whole video.

    Raises:
        SiteError: the site file is wrong.
        OutputError: `out` cannot be written at all.
    """
    site = site if isinstance(site, Site) else read_site(site)
    folder = Path(out)
    make_folder(folder)
    for camera in site.cameras:  # compiles on a first run, which is no camera's own time
        make_tracker(camera.tracker, fps=25.0)
    began = Stopwatch()
    reports = [
        attempt(camera, folder / camera.name, video=video, progress=progress)
        for camera in site.cameras
    ]
    write_run_report(folder / RUN, site, reports, seconds=began.seconds)
    return reports


def make_folder(folder: Path) -> None:
    """Make sure of it before an hour of work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def attempt(camera: Camera, folder: Path, *, video: bool, progress: Progress) -> CameraReport:
    """One camera, from its source to its files; an error becomes a line of the report."""
    watch = Stopwatch()
    error = None
    tracklets = 0
    try:
        tracklets = follow(camera, folder, video=video, progress=progress, watch=watch)
    except CamweaveError as reason:
        error = str(reason)
    except OSError as reason:
        error = f"{reason.filename or folder}: {reason.strerror or reason}"
    return CameraReport(
        camera=camera.name,
        frames=watch.counts["frames"],
        detections=watch.counts["detections"],
        tracklets=tracklets,
        seconds=round(watch.seconds, 3),
        parts={name: round(seconds, 3) for name, seconds in watch.parts.items()},
        error=error,
    )


def follow(
    camera: Camera, folder: Path, *, video: bool, progress: Progress, watch: Stopwatch
) -> int:
    """Watch, track and write one camera; the number of its tracklets."""
    with watch.part("prepare"):
        source = make_source(
            camera.source, camera=camera.name, fps=camera.fps, offset=camera.offset
        )
        detector = make_detector(camera.detector, keep=camera.kept)
    recording = Recording()
    with source as opened, ExitStack() as ends:
        line = ends.enter_context(watched(opened, detector, progress, watch))
        draw = None
        if video:
            tracker = make_tracker(camera.tracker, opened.info.fps)
            draw = ends.enter_context(drawing(folder / VIDEO, opened.info, detector, tracker))
        for frame, detections in line:
            recording.add(detections)
            if draw is not None:
                draw(frame, detections)
        log = recording.log(opened.info, detector.class_names)
    return write_results(camera, folder, log, watch)


def write_results(camera: Camera, folder: Path, log: DetectionLog, watch: Stopwatch) -> int:
    """The files of one camera, each written whole; the number of its tracklets."""
    with watch.part("track"):
        tracklets = make_tracker(camera.tracker, log.fps).track(log)
    with watch.part("write"):
        write_detections(folder / DETECTIONS, log)
        write_tracklets(folder / TRACKLETS, tracklets)
        write_texts(tracklets, folder / TEXT, folder / TABLE)
    write_timing(timing_path(folder / DETECTIONS), detection_timing(watch))
    write_timing(timing_path(folder / TRACKLETS), tracking_timing(log, tracklets, watch))
    return len(tracklets)
