"""The whole way in half a minute: render a small world, detect, track, link, draw, score it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from camweave.app.jobs.batch import BatchReport, CameraReport, Linking, batch
from camweave.app.jobs.evaluate import evaluate, evaluate_across
from camweave.app.jobs.link_outputs import RESULTS as SHARED
from camweave.app.jobs.simulate import simulate
from camweave.app.jobs.simulated_site import Simulation
from camweave.app.jobs.track import track
from camweave.app.runtime.progress import Progress, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.errors import JobError
from camweave.evaluation.scores import Scores
from camweave.formats.mot import write_mot

SCENARIO: Final = "plaza"
WORLD, RESULTS, SIMULATED = "world", "results", "results_simulated_detector"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What came of it."""

    world: Simulation
    results: Path  # folder: CAMERA/mot.mp4 and the rest
    cameras: tuple[CameraReport, ...]
    linking: Linking
    scores: tuple[Scores, ...]  # of each camera, against the exact truth
    across: Scores  # of all cameras as one: an id is one object in all of them
    simulated: tuple[Scores, ...]  # the same, with a simulated detector instead of `motion`
    seconds: float  # s of wall time


def demo(
    out: str | Path,
    *,
    seconds: float = 10.0,
    cameras: int = 4,
    seed: int = 1,
    progress: Progress = silent,
) -> Demonstration:
    """Run it all in the folder `out`: `world` is what was rendered, `results` what was made of it.

    The tracker is scored a second time with the world's simulated detections, to tell its faults
    from those of `motion`.

    Raises:
        InputError: a number out of its range.
        OutputError: a file could not be written.
        JobError: a camera failed.
    """
    watch = Stopwatch()
    folder = Path(out)
    world = simulate(
        SCENARIO, folder / WORLD, seconds=seconds, cameras=cameras, seed=seed, progress=progress
    )
    reports = batch(world.site, folder / RESULTS, video=True, progress=progress)
    refuse_failures(reports)
    scores = evaluate(world.truth, folder / RESULTS, rules="forgiving")
    across = evaluate_across(world.truth, folder / RESULTS / SHARED, rules="forgiving")
    for camera in world.cameras:
        tracklets = track(world.detections / f"{camera}.npz")
        write_mot(folder / SIMULATED / f"{camera}.txt", tracklets)
    simulated = evaluate(world.truth, folder / SIMULATED, rules="forgiving")
    return Demonstration(
        world=world,
        results=folder / RESULTS,
        cameras=reports.cameras,
        linking=reports.linking,
        scores=tuple(scores),
        across=across,
        simulated=tuple(simulated),
        seconds=round(watch.seconds, 3),
    )


def refuse_failures(reports: BatchReport) -> None:
    """A demonstration with a camera missing shows nothing."""
    for report in reports:
        if report.error:
            raise JobError(f"camera {report.camera}: {report.error}")
    if reports.linking.error:
        raise JobError(f"linking: {reports.linking.error}")
