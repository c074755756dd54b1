"""A world as its cameras' trackers would have told it: tracklets and truth, no pictures."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from camweave.app.jobs.one_camera import REFINED
from camweave.app.jobs.simulated_site import (
    SITE,
    TIMING,
    TRUTH,
    SimulatedCamera,
    Simulation,
    write_site,
)
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.errors import InputError
from camweave.formats.mot import write_mot_truth
from camweave.formats.timing import Timing, write_timing
from camweave.formats.tracklets import write_tracklets
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.recorded.city.city import build_city, record_city
from camweave.sources.synthetic.recorded.city.params import CityParams
from camweave.sources.synthetic.recorded.city.regimes import REGIMES, regime
from camweave.sources.synthetic.recorded.presets import preset
from camweave.sources.synthetic.recorded.recorded import record_site
from camweave.sources.synthetic.recorded.site import RecordedSite
from camweave.sources.synthetic.scenarios import make_scenario, most_cameras


def simulate_recorded(
    scenario: str,
    out: str | Path,
    *,
    seconds: float = 60.0,
    cameras: int | None = None,
    tracklets: int | None = None,
    seed: int = 1,
    faults: str = "plain",
) -> Simulation:
    """A scenario, or a made-up city (`REGIMES`), as recorded tracklets; nothing is rendered.

    Writes `site.yaml`, `topology.yaml`, and for each camera `CAMERA_homography.txt`,
    `truth/CAMERA.txt` and `CAMERA/tracklets_refined.npz`, with embeddings, into `out`, so that
    `camweave link out/site.yaml -o out` links it. `tracklets` says how many a city has, about;
    a scenario goes on for `seconds` s. `faults` names what goes wrong: see `preset`.

    Raises:
        InputError: no such scenario, or a number out of its range.
        OutputError: a file could not be written.
    """
    watch, folder = Stopwatch(), Path(out)
    preset(faults, cameras=[""], seconds=1.0)  # an unknown one is refused before the work
    with watch.part("record"):
        if scenario in REGIMES:
            params = regime(scenario, seed=seed, cameras=cameras, tracklets=tracklets)
            made = made_city(scenario, params, faults)
            sources = {str(name): f"{name}.mp4" for name in made.names}
        else:
            refuse_count(tracklets)
            world = make_scenario(scenario, cameras=cameras, seconds=seconds, seed=seed)
            sources = addresses(world)
            chosen = preset(faults, cameras=list(sources), seconds=world.seconds, seed=seed)
            made = record_site(world, chosen)
    write_recorded(folder, made, sources, seed)
    truths = [each for each in made.truth.values() if len(each)]
    frames = sum(int(each.frame[-1]) + 1 for each in truths)
    timing = Timing(
        stage="simulate", frames=frames, seconds=watch.seconds, work_seconds=watch.parts["record"]
    )
    write_timing(folder / TIMING, timing)
    return Simulation(
        site=folder / SITE,
        truth=folder / TRUTH,
        detections=folder,
        cameras=tuple(made.names),
        frames=frames,
        objects=len({number for each in truths for number in each.object_id.tolist()}),
        seconds=round(watch.seconds, 3),
        tracklets=sum(map(len, made.tracklets)),
    )


def made_city(name: str, params: CityParams, faults: str) -> RecordedSite:
    """A city as its cameras' trackers see it, under its own name."""
    place = build_city(params)
    chosen = preset(faults, cameras=place.names, seconds=place.seconds, seed=params.seed)
    return replace(record_city(place, chosen), name=name)


def refuse_count(tracklets: int | None) -> None:
    """A scenario has as many as there are."""
    if tracklets is not None:
        raise InputError("--tracklets: only a city has as many as asked for; give --seconds")


def addresses(world: Scenario) -> dict[str, str]:
    """The cameras as sources, should somebody want to see them."""
    query = f"seconds={world.seconds:g}&seed={world.seed}"
    if len(world.cameras) < most_cameras(world.name):
        query += f"&cameras={len(world.cameras)}"
    return {spec.name: f"synthetic:{world.name}/{spec.name}?{query}" for spec in world.cameras}


def write_recorded(folder: Path, made: RecordedSite, sources: Mapping[str, str], seed: int) -> None:
    """Tracklets and truth of each camera, and the site.

    Raises:
        OutputError: a file could not be written.
    """
    for camera in made.cameras:
        name = camera.tracklets.camera
        write_tracklets(folder / name / REFINED, camera.tracklets)
        write_mot_truth(folder / TRUTH / f"{name}.txt", camera.truth)
    write_site(
        folder,
        [SimulatedCamera(name=name, source=sources[name]) for name in made.names],
        made.topology,
        name=made.name,
        head=f"Recorded by `camweave simulate {made.name} --recorded`, seed {seed}; not rendered.",
    )
