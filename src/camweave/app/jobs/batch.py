"""All cameras of a site, one after the other, each through every stage."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from camweave.app.build.trackers import make_tracker
from camweave.app.jobs.one_camera import run_camera
from camweave.app.jobs.run_report import write_run_report
from camweave.app.runtime.progress import Progress, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.load import read_site
from camweave.app.site.model import Camera, Site
from camweave.core.errors import CamweaveError
from camweave.formats.atomic import cannot_write
from camweave.refinement.params import RefineParams

RUN: Final = "run.json"


@dataclass(frozen=True, slots=True)
class CameraReport:
    """What came of one camera."""

    camera: str
    frames: int = 0
    detections: int = 0
    tracklets: int = 0  # refined, where they are refined
    embedded: int = 0  # crops
    changes: dict[str, int] = field(default_factory=dict)  # what refinement did, by its kind
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
    """Detect, track, embed and refine every camera of a site; one report each, in its order.

    Writes what each stage makes, with its timing, and of the last one `mot.txt`, `mot.csv` and,
    with `video`, `mot.mp4` into `out/CAMERA`, and `run.json` last. A camera that fails is
    reported and does not keep the others from their end. Memory holds results, never a video.

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
        attempt(camera, folder / camera.name, site.refine, video=video, progress=progress)
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


def attempt(
    camera: Camera, folder: Path, refining: RefineParams | None, *, video: bool, progress: Progress
) -> CameraReport:
    """One camera, from its source to its files; an error becomes a line of the report."""
    watch = Stopwatch()
    error = None
    changes: dict[str, int] = {}
    try:
        changes = run_camera(camera, folder, refining, video=video, progress=progress, watch=watch)
    except CamweaveError as reason:
        error = str(reason)
    except OSError as reason:
        error = f"{reason.filename or folder}: {reason.strerror or reason}"
    return CameraReport(
        camera=camera.name,
        frames=watch.counts["frames"],
        detections=watch.counts["detections"],
        tracklets=watch.counts["tracklets"],
        embedded=watch.counts["crops"],
        changes=changes,
        seconds=round(watch.seconds, 3),
        parts={name: round(seconds, 3) for name, seconds in watch.parts.items()},
        error=error,
    )
