"""One camera of a site through every stage: detect, track, embed, refine, and draw.

A stage gets what the one before it made, in memory; each writes its own file. Crops are embedded
in a second pass over the source: which of a tracklet's crops are its best is known only at its
end, so a single pass would have to keep pictures of everybody who is still there.
"""

from pathlib import Path
from typing import Final

from camweave.app.build.camera_motion import make_camera_motion
from camweave.app.build.detectors import make_detector
from camweave.app.build.embedders import make_embedder
from camweave.app.build.sources import make_source
from camweave.app.build.trackers import make_tracker
from camweave.app.jobs.annotate import annotate
from camweave.app.jobs.detect import detection_timing
from camweave.app.jobs.embed import embed
from camweave.app.jobs.looking import Follower
from camweave.app.jobs.recording import Recording
from camweave.app.jobs.refine import refine
from camweave.app.jobs.texts import write_texts
from camweave.app.jobs.track import track
from camweave.app.jobs.watching import watched
from camweave.app.runtime.progress import Progress
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.kinds import LOOKING
from camweave.app.site.model import Camera
from camweave.core.detections import DetectionLog
from camweave.core.stages import Embedder, Source
from camweave.core.tracks import Tracklets
from camweave.formats.detections import write_detections
from camweave.formats.timing import timing_path, write_timing
from camweave.refinement.params import RefineParams

DETECTIONS: Final = "detections_raw.npz"
TRACKLETS, EMBEDDED, REFINED = "tracklets_raw.npz", "tracklets.npz", "tracklets_refined.npz"
TEXT, TABLE, VIDEO = "mot.txt", "mot.csv", "mot.mp4"


def run_camera(
    camera: Camera,
    folder: Path,
    refining: RefineParams | None,
    *,
    video: bool,
    progress: Progress,
    watch: Stopwatch,
) -> dict[str, int]:
    """Everything that `batch` makes of one camera, in `folder`; how often refinement did what."""
    with watch.part("prepare"):
        embedder = make_embedder(camera.embedder)
    log = look(camera, embedder, progress, watch)
    with watch.part("write"):
        write_detections(folder / DETECTIONS, log)
    write_timing(timing_path(folder / DETECTIONS), detection_timing(watch))
    with watch.part("track"):
        tracklets = track(log, folder / TRACKLETS, params=camera.tracker)
    if embedder is not None:
        with watch.part("embed"):
            tracklets = embed(
                source_of(camera),
                tracklets,
                folder / EMBEDDED,
                embedder=embedder,
                progress=progress,
            )
        watch.counts["crops"] += 0 if tracklets.appearance is None else len(tracklets.appearance)
    tracklets, changes = refined(tracklets, folder / REFINED, refining, watch)
    watch.counts["tracklets"] += len(tracklets)
    with watch.part("write"):
        write_texts(tracklets, folder / TEXT, folder / TABLE)
    if video:
        with watch.part("draw"):
            annotate(source_of(camera), tracklets, folder / VIDEO, progress=progress)
    return changes


def look(
    camera: Camera, embedder: Embedder | None, progress: Progress, watch: Stopwatch
) -> DetectionLog:
    """The first pass: what is found, how the camera moved, and the looks the tracker asks for."""
    with watch.part("prepare"):
        detector = make_detector(camera.detector, keep=camera.kept)
        motion = make_camera_motion(camera.camera_motion)
    recording = Recording()
    with source_of(camera) as opened, watched(opened, detector, progress, watch) as line:
        follower = Follower(
            make_tracker(camera.tracker, opened.info.fps),
            embedder=embedder if camera.tracker.kind in LOOKING else None,
            motion=motion,
            watch=watch,
        )
        for frame, detections in line:
            told, _ = follower.follow(frame, detections)
            recording.add(told)
        return recording.log(opened.info, detector.class_names)


def source_of(camera: Camera) -> Source:
    """The camera's source, not open yet."""
    return make_source(camera.source, camera=camera.name, fps=camera.fps, offset=camera.offset)


def refined(
    tracklets: Tracklets, out: Path, params: RefineParams | None, watch: Stopwatch
) -> tuple[Tracklets, dict[str, int]]:
    """Tracklets made clean, and how often what was done; or as they are, where nobody asks."""
    if params is None:
        return tracklets, {}
    with watch.part("refine"):
        made = refine(tracklets, out, params=params)
    return made.tracklets, made.changes.summary
