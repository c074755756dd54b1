"""A small world rendered to files: a video and the exact truth of each camera, and its site."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from camweave.app.jobs.watching import DEPTH
from camweave.app.runtime.ahead import ahead
from camweave.app.runtime.progress import Progress, counted, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.draft import Draft
from camweave.formats.atomic import written_whole
from camweave.formats.detections import write_detections
from camweave.formats.mot import write_mot_truth
from camweave.formats.timing import Timing, write_timing
from camweave.ops.ground import format_homography
from camweave.sinks.video_file import VideoFile
from camweave.sources.synthetic.cameras import hang_camera
from camweave.sources.synthetic.oracle import record
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.synthetic.topology import transitions

Windows: TypeAlias = dict[tuple[str, str], tuple[float, float]]

SITE, TOPOLOGY, TIMING = "site.yaml", "topology.yaml", "simulate_timing.json"
TRUTH, DETECTIONS = "truth", "detections"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was rendered, and where it lies."""

    site: Path
    truth: Path  # folder of CAMERA.txt
    detections: Path  # folder of CAMERA.npz
    cameras: tuple[str, ...]
    frames: int
    objects: int  # different ones, all cameras together
    seconds: float  # s of wall time


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
    """Render a scenario (`plaza`, `road`) as `cameras` see it for `seconds` s of their time.

    Writes `site.yaml`, `topology.yaml`, and for each camera `CAMERA.mp4`,
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
    windows = transitions(world)
    write_text(folder / TOPOLOGY, topology_text(windows))
    write_text(folder / SITE, site_text(world, windows))
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
    """One camera's video, truth and homography; the ids of those who are seen."""
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
    homography = hang_camera(source.spec).homography
    write_text(folder / f"{name}_homography.txt", format_homography(homography))
    return set(truth.object_id.tolist())


def site_text(world: Scenario, windows: Windows) -> str:
    """The site file that `batch` can run."""
    draft = Draft()
    draft.put(("site",), world.name)
    for at, spec in enumerate(world.cameras):
        draft.put(("cameras", at, "name"), spec.name)
        draft.put(("cameras", at, "source"), f"{spec.name}.mp4")
        draft.put(("cameras", at, "offset"), spec.offset, "s; this camera's clock is that slow")
        draft.put(("cameras", at, "homography"), f"{spec.name}_homography.txt")
    draft.put(("detector", "kind"), "motion")
    draft.put(("tracker", "kind"), "bytetrack")
    for pair, window in windows.items():
        draft.put(("linker", "transitions", " -> ".join(pair)), list(window))
    head = f"# Rendered by `camweave simulate {world.name}`, seed {world.seed}."
    return f"{head}\n{draft.text()}"


def topology_text(windows: Windows) -> str:
    """Who can follow whom, and after how long."""
    draft = Draft()
    for pair, window in windows.items():
        draft.put(("transitions", " -> ".join(pair)), list(window))
    head = "# Seconds, least and most, from leaving one camera to entering the other."
    return f"{head}\n{draft.text()}"


def write_text(path: Path, text: str) -> None:
    """A text file, whole."""
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")
