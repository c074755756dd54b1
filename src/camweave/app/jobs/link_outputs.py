"""What linking writes: global ids per camera, identities with their evidence, what was learned."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

from camweave.app.jobs.global_ids import global_ids, shown
from camweave.app.jobs.held import IDENTITIES
from camweave.app.jobs.link_inputs import Given
from camweave.app.jobs.linked_site import LinkedSite
from camweave.app.jobs.recipe import Recipe
from camweave.app.jobs.run_report import versions, write_masked
from camweave.app.jobs.texts import write_texts
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.linker import Linker
from camweave.app.site.model import Site
from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.topology import Topology
from camweave.core.tracks import Tracklets
from camweave.formats.atomic import written_whole
from camweave.formats.identities import write_identities
from camweave.formats.layout import layout_of, write_layout
from camweave.formats.topology import write_topology

SCHEMA: Final = "camweave.link/1"
REPORT, RESULTS = "link.json", "mtmc"
TEXT, TABLE, VIDEO = "mtmc.txt", "mtmc.csv", "mtmc.mp4"
TOPOLOGY, LAYOUT, LEARNED = "topology.learned.yaml", "layout.learned.txt", "learned.json"
USUAL_RATE: Final = 25.0  # frames/s that a layout says of a camera without a recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How a folder was linked, so that it can be linked again after a correction."""

    site: Path | None = None  # the site file
    settings: tuple[str, ...] = ()  # NAME=VALUE


def noted_of(again: Again, given: Given) -> dict[str, Any]:
    """The same as a report has it; nothing, where it cannot be done again from files alone."""
    files = {camera: each for camera, each in given.items() if not isinstance(each, Tracklets)}
    if again.site is None or len(files) < len(given):
        return {}
    places = {camera: str(Path(each).resolve()) for camera, each in files.items()}
    site = str(again.site.resolve())
    return {"again": {"site": site, "settings": list(again.settings), "tracklets": places}}


def read_again(folder: Path) -> tuple[Again, dict[str, Path]]:
    """How a folder was linked, and of which tracklets; unknown where its report does not say."""
    said = read_report(folder).get("again")
    if not isinstance(said, dict):
        return Again(), {}
    files = said.get("tracklets")
    return (
        Again(site=Path(str(said.get("site"))), settings=tuple(map(str, said.get("settings", ())))),
        {str(k): Path(str(v)) for k, v in files.items()} if isinstance(files, dict) else {},
    )


def write_all(
    folder: Path, site: Site, made: LinkedSite, *, noted: Mapping[str, Any], watch: Stopwatch
) -> None:
    """Everything that `link` leaves in its folder; the report last.

    Raises:
        OutputError: a file could not be written.
    """
    for tracklets in with_global_ids(made):
        own = folder / tracklets.camera
        write_texts(tracklets, own / TEXT, own / TABLE)
        with written_whole(folder / RESULTS / f"{tracklets.camera}.txt") as part:
            copyfile(own / TEXT, part)  # to write it anew would take ten times as long
    drop_strays(folder, site, made)
    write_identities(
        folder / IDENTITIES,
        made.sightings,
        made.identities,
        made.notes,
        aliases=made.aliases,
        next_id=made.next_id,
    )
    if (site.linker or Linker()).learn != "off":
        write_learned(folder, site, made)
    write_report(folder / REPORT, made, noted=noted, watch=watch)


def drop_strays(folder: Path, site: Site, made: LinkedSite) -> None:
    """Remove what an earlier run left of cameras that are not linked now: its ids mean nothing."""
    there = {each.camera for each in made.tracklets}
    for camera in [each.name for each in site.cameras if each.name not in there]:
        for name in (TEXT, TABLE, VIDEO):
            (folder / camera / name).unlink(missing_ok=True)
        (folder / RESULTS / f"{camera}.txt").unlink(missing_ok=True)


def with_global_ids(made: LinkedSite) -> Iterator[Tracklets]:
    """Each camera's tracklets under their global ids."""
    ids = global_ids(made.sightings, made.identities, made.next_id)
    return (shown(tracklets, ids) for tracklets in made.tracklets)


def write_learned(folder: Path, site: Site, made: LinkedSite) -> None:
    """The topology as it was learned, in both formats.

    Raises:
        OutputError: a file could not be written.
    """
    topology = to_export(made.topology, made, site)
    note = (
        f"Learned from {len(made.identities.links)} links by camweave; correct it by hand, "
        "`locked: true` keeps a window as it is, and so does taking its `origin` away."
    )
    write_topology(folder / TOPOLOGY, topology, note)
    known = {each.camera: each.fps for each in made.tracklets}
    said = {CameraId(each.name): each.fps or USUAL_RATE for each in site.cameras}
    fps = {camera: known.get(camera, said[camera]) for camera in topology.cameras}
    layout = layout_of(topology, fps=fps, clocks=made.ground.clocks)
    counts = [
        f"{each.source} -> {each.target}: {each.samples} passages"
        for each in topology.transitions
        if each.samples and each.exit_zone is each.entry_zone is None
    ]
    write_layout(folder / LAYOUT, layout, "\n".join([note.partition(";")[0] + ".", *counts]))


def to_export(learned: Topology, made: LinkedSite, site: Site) -> Topology:
    """The topology as learned, that can take the place of what the site has now.

    It goes by the site's order of cameras, and of homographies it has those that the site's
    topology brought: the others are in the cameras' own files.
    """
    return replace(
        learned,
        cameras=tuple(CameraId(camera.name) for camera in site.cameras),
        homographies=brought(made, site),
    )


def brought(made: LinkedSite, site: Site) -> dict[CameraId, F64]:
    """The homographies that a topology file brings."""
    own = {camera.name for camera in site.cameras if camera.homography is not None}
    given = made.drawn.homographies
    return {camera: matrix for camera, matrix in given.items() if camera not in own}


def write_report(
    path: Path, made: LinkedSite, *, noted: Mapping[str, Any], watch: Stopwatch
) -> None:
    """What came of it, with which versions, and what it took.

    Raises:
        OutputError: the file could not be written.
    """
    report = {
        "schema": SCHEMA,
        **noted,
        "versions": versions(),
        "seconds": round(watch.seconds, 3),
        "seconds_linking": round(watch.parts["link"], 3),
        "cameras": {each.camera: len(each) for each in made.tracklets},
        **asdict(made.summary),
    }
    write_masked(path, report)


def stands(folder: Path, recipe: Recipe, cameras: Iterable[str]) -> bool:
    """Whether all that linking writes of these cameras is there, and up to date."""
    places = [(folder / each, folder / RESULTS / f"{each}.txt") for each in cameras]
    texts = [own / name for own, _ in places for name in (TEXT, TABLE)]
    every = [folder / IDENTITIES, folder / REPORT, *texts, *(joint for _, joint in places)]
    if not all(path.is_file() for path in every):
        return False
    report = read_report(folder)
    return recipe.explains(folder / REPORT, report.get("made_from"))


def read_report(folder: Path) -> dict[str, Any]:
    """What the report of an earlier run says; nothing where it is none."""
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}
