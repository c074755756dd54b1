"""All cameras of a site, one after the other, each through every stage; then who is who."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from camweave.app.build.topology import make_topology
from camweave.app.build.trackers import make_tracker
from camweave.app.jobs.annotate import annotate
from camweave.app.jobs.link import link
from camweave.app.jobs.link_inputs import Given, last_stage, read_all
from camweave.app.jobs.link_outputs import VIDEO, Again, with_global_ids
from camweave.app.jobs.linked_site import LinkedSite, LinkSummary
from camweave.app.jobs.one_camera import run_camera, source_of
from camweave.app.jobs.run_report import write_run_report
from camweave.app.jobs.stored_recording import frame_times, store_recording
from camweave.app.runtime.progress import Progress, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.load import read_site
from camweave.app.site.model import Camera, Site
from camweave.core.errors import CamweaveError
from camweave.formats.atomic import cannot_write
from camweave.refinement.params import RefineParams
from camweave.store.store import open_store

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


@dataclass(frozen=True, slots=True)
class Linking:
    """What came of linking the cameras that worked."""

    summary: LinkSummary | None = None  # None: there was nothing to link, or it failed
    seconds: float = 0.0  # s of wall time
    error: str | None = None


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What came of a site; to iterate over it is to iterate over its cameras."""

    cameras: tuple[CameraReport, ...]
    linking: Linking

    def __iter__(self) -> Iterator[CameraReport]:
        return iter(self.cameras)

    def __len__(self) -> int:
        return len(self.cameras)

    def __getitem__(self, at: int) -> CameraReport:
        return self.cameras[at]


def batch(
    site: str | Path | Site,
    out: str | Path,
    *,
    video: bool = False,
    file: Path | None = None,
    progress: Progress = silent,
) -> BatchReport:
    """Detect, track, embed and refine every camera of a site, in its order; then link them.

    Writes what each stage makes, with its timing, and of the last one `mot.txt`, `mot.csv` and,
    with `video`, `mot.mp4` into `out/CAMERA`; what `link` writes, with `video` also `mtmc.mp4`;
    and `run.json` last. What cameras saw and who is who is written to the site's store, too. A
    camera that fails is reported and does not keep the others from their end. Memory holds
    results, never a video. `file` is where a site that is read already is from.

    Raises:
        SiteError: the site file is wrong.
        InputError: layout, topology or calibrations do not fit the site.
        OutputError: `out` cannot be written at all.
    """
    file = file if isinstance(site, Site) else Path(site)
    site = site if isinstance(site, Site) else read_site(site)
    folder = Path(out)
    make_folder(folder)
    if site.linker is not None:
        make_topology(site)  # what is wrong with it is told before an hour of work
    if site.store is not None:
        open_store(site.store.get_secret_value()).close()  # and so is this
    for camera in site.cameras:  # compiles on a first run, which is no camera's own time
        make_tracker(camera.tracker, fps=25.0)
    began = Stopwatch()
    reports = tuple(
        attempt(camera, folder / camera.name, site.refine, video=video, progress=progress)
        for camera in site.cameras
    )
    again = Again(site=file)
    linking = link_cameras(site, reports, (folder, again), video=video, progress=progress)
    write_run_report(folder / RUN, site, reports, linking=linking, seconds=began.seconds)
    return BatchReport(reports, linking)


def link_cameras(
    site: Site,
    reports: Sequence[CameraReport],
    into: tuple[Path, Again],
    *,
    video: bool,
    progress: Progress,
) -> Linking:
    """Link the cameras that worked; an error becomes a line of the report."""
    folder, again = into
    good = {each.camera for each in reports if each.error is None}
    cameras = [camera for camera in site.cameras if camera.name in good]
    if not cameras:
        return Linking()
    watch = Stopwatch()
    files = {camera.name: folder / camera.name / last_stage(camera, site) for camera in cameras}
    try:
        if site.linker is None:
            store_unlinked(site, files)
            return Linking()
        made = link(site, files, folder, again=again, watch=watch)
        if video:
            draw(site, made, folder, progress)
    except CamweaveError as reason:
        return Linking(seconds=round(watch.seconds, 3), error=str(reason))
    return Linking(made.summary, round(watch.seconds, 3))


def store_unlinked(site: Site, files: Given) -> None:
    """Write what cameras saw to the site's store, where nobody asks who is who."""
    if site.store is None:
        return
    ground = make_topology(site)
    store_recording(site, read_all(files, ground), frame_times(files, ground))


def draw(site: Site, made: LinkedSite, folder: Path, progress: Progress) -> None:
    """Each camera's video with global ids; an identity has one colour in all of them."""
    sources = {camera.name: camera for camera in site.cameras}
    for tracklets in with_global_ids(made):
        source = source_of(sources[tracklets.camera])
        annotate(source, tracklets, folder / tracklets.camera / VIDEO, progress=progress)


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
