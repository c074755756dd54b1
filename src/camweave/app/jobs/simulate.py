"""A small world rendered to files: a video and the exact truth of each camera, and its site."""

from pathlib import Path

from camweave.app.jobs.simulated_site import (
    DETECTIONS,
    SITE,
    TIMING,
    TRUTH,
    SimulatedCamera,
    Simulation,
    write_site,
)
from camweave.app.jobs.watching import DEPTH
from camweave.app.runtime.ahead import ahead
from camweave.app.runtime.progress import Progress, counted, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.formats.detections import write_detections
from camweave.formats.mot import write_mot_truth
from camweave.formats.timing import Timing, write_timing
from camweave.sinks.video_file import VideoFile
from camweave.sources.synthetic.oracle import record
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.synthetic.topology import topology_of


def simulate(
    scenario: str,
    out: str | Path,
    *,
    seconds: float = 20.0,
    cameras: int | None = None,
    seed: int = 1,
    size: tuple[int, int] = (640, 360),
    progress: Progress = silent,
) -> Simulation:
    """Render a scenario as `cameras` of its cameras see it for `seconds` s of their time.

    Writes `site.yaml`, `topology.yaml` (windows and zones), and for each camera `CAMERA.mp4`,
    `CAMERA_homography.txt`, `truth/CAMERA.txt` (MOTChallenge; an id is one object in all
    cameras) and `detections/CAMERA.npz` (what a detector with known faults would find) into
    `out`. The same seed gives the same files.

    Raises:
        InputError: no such scenario, or a number out of its range.
        OutputError: a file could not be written.
    """
    world = make_scenario(scenario, cameras=cameras, seconds=seconds, seed=seed, size=size)
    folder = Path(out)
    watch = Stopwatch()
    objects: set[int] = set()
    for spec in world.cameras:
        objects |= film(SyntheticSource(world, spec.name), folder, progress, watch)
    write_site(
        folder,
        [
            SimulatedCamera(name=spec.name, source=f"{spec.name}.mp4", offset=spec.offset)
            for spec in world.cameras
        ],
        topology_of(world),
        name=world.name,
        head=f"Rendered by `camweave simulate {world.name}`, seed {world.seed}.",
    )
    frames = watch.counts["frames"]
    write_timing(
        folder / TIMING,
        Timing(
            stage="simulate", frames=frames, seconds=watch.seconds, work_seconds=watch.parts["film"]
        ),
    )
    return Simulation(
        site=folder / SITE,
        truth=folder / TRUTH,
        detections=folder / DETECTIONS,
        cameras=tuple(spec.name for spec in world.cameras),
        frames=frames,
        objects=len(objects),
        seconds=round(watch.seconds, 3),
    )


def film(source: SyntheticSource, folder: Path, progress: Progress, watch: Stopwatch) -> set[int]:
    """One camera's video, truth and faulty detections; the ids of those who are seen."""
    info, name = source.info, source.spec.name
    with (
        watch.part("film"),
        source,
        VideoFile(folder / f"{name}.mp4", fps=info.fps) as video,
        ahead(source, DEPTH) as frames,
    ):
        for frame in counted(frames, progress, f"{name} rendering", info.frame_count):
            video.add(frame.image, frame.stamp.time)
            watch.counts["frames"] += 1
    full = source.full_truth()
    truth = full.table()
    write_mot_truth(folder / TRUTH / f"{name}.txt", truth)
    faulty = record(full, source.times, source.spec)
    write_detections(folder / DETECTIONS / f"{name}.npz", faulty.log)
    return set(truth.object_id.tolist())
