"""The site file and the topology of a simulated world."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from camweave.app.site.draft import Draft
from camweave.core.topology import Topology
from camweave.formats.atomic import written_whole
from camweave.formats.topology import write_topology
from camweave.ops.ground import format_homography

SITE, TOPOLOGY, TIMING = "site.yaml", "topology.yaml", "simulate_timing.json"
TRUTH, DETECTIONS = "truth", "detections"
HEAD: Final = "Windows are s, least and most, from leaving one camera to entering the other."


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was made, and where it lies."""

    site: Path
    truth: Path  # folder of CAMERA.txt
    detections: Path  # folder of CAMERA.npz; of recorded worlds, that of CAMERA/tracklets
    cameras: tuple[str, ...]
    frames: int
    objects: int  # different ones, all cameras together
    seconds: float  # s of wall time
    tracklets: int = 0  # of recorded worlds


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCamera:
    """What a site file says of one camera."""

    name: str
    source: str
    offset: float = 0.0  # s


def write_site(
    folder: Path,
    cameras: list[SimulatedCamera],
    topology: Topology,
    *,
    name: str,
    head: str,
    live: Mapping[str, float | bool] | None = None,
) -> None:
    """`site.yaml`, `topology.yaml` and `CAMERA_homography.txt` of each camera.

    `live` is what the site file says under that name, if anything.

    Raises:
        OutputError: a file could not be written.
    """
    for camera, homography in topology.homographies.items():
        write_text(folder / homography_file(camera), format_homography(homography))
    write_topology(folder / TOPOLOGY, replace(topology, homographies={}), HEAD)
    text = site_text(name, cameras, set(topology.homographies), live or {})
    write_text(folder / SITE, f"# {head}\n{text}")


def site_text(
    name: str,
    cameras: list[SimulatedCamera],
    calibrated: Collection[str],
    live: Mapping[str, float | bool],
) -> str:
    """The site file that `batch`, `live` or `link` can run."""
    draft = Draft()
    draft.put(("site",), name)
    for at, camera in enumerate(cameras):
        draft.put(("cameras", at, "name"), camera.name)
        draft.put(("cameras", at, "source"), camera.source)
        if camera.offset:
            note = "s; this camera's clock is that slow"
            draft.put(("cameras", at, "offset"), camera.offset, note)
        if camera.name in calibrated:
            draft.put(("cameras", at, "homography"), homography_file(camera.name))
    draft.put(("detector", "kind"), "motion")
    draft.put(("embedder", "kind"), "histogram")
    draft.put(("tracker", "kind"), "bytetrack")
    draft.put(("linker", "topology"), TOPOLOGY)
    for key, value in live.items():
        draft.put(("live", key), value)
    return draft.text()


def homography_file(camera: str) -> str:
    """Where a camera's homography lies, beside the site file."""
    return f"{camera}_homography.txt"


def write_text(path: Path, text: str) -> None:
    """A text file, whole."""
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")
