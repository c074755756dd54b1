"""The site of the demo: a small world, filmed while it is watched, and its files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from camweave.app.jobs.simulated_site import SITE, SimulatedCamera, write_site
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.topology import topology_of

SCENARIO: Final = "plaza"
FPS: Final = 10.0  # of every camera, and of the line
LAP: Final = 120.0  # s until the world begins again
SPARE: Final = 10.0  # s more than are shown: files that are late are played later
HEAD: Final = "Rendered while it is watched: `camweave live site.yaml` shows it again."


@dataclass(frozen=True, slots=True)
class SmallSite:
    """A site file over a world that is known exactly."""

    file: Path
    world: Scenario


def write_small_site(folder: Path, *, seconds: float, cameras: int, seed: int) -> SmallSite:
    """The site that is shown for so many s, without beginning again if that is no more than a lap.

    Raises:
        InputError: a number out of its range.
        OutputError: a file could not be written.
    """
    length = max(LAP, seconds + SPARE)
    world = make_scenario(SCENARIO, cameras=cameras, seconds=length, seed=seed, fps=FPS)
    options = f"seconds={length:g}&cameras={cameras}&seed={seed}&fps={FPS:g}"
    sources = [
        SimulatedCamera(
            name=spec.name,
            source=f"synthetic:{SCENARIO}/{spec.name}?{options}",
            offset=spec.offset,
        )
        for spec in world.cameras
    ]
    live = {"fps": FPS, "loop": True}
    write_site(folder, sources, topology_of(world), name=SCENARIO, head=HEAD, live=live)
    return SmallSite(folder / SITE, world)
