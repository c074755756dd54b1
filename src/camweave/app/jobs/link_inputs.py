"""What linking takes: the tracklets of every camera, on one clock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isclose
from pathlib import Path
from typing import Final, TypeAlias

from camweave.app.build.topology import Ground
from camweave.app.jobs.one_camera import EMBEDDED, REFINED, TRACKLETS
from camweave.app.site.model import Camera, Site
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.nearest import did_you_mean
from camweave.core.tracks import Tracklets
from camweave.formats.layout import Clock
from camweave.formats.tracklets import read_tracklets

SAME_RATE: Final = 0.02  # share by which a layout's rate may differ from the recording's
NONE: Final = "none"

Given: TypeAlias = Mapping[str, str | Path | Tracklets]


def files_of(site: Site, given: Given | None, folder: Path | None) -> Given:
    """The tracklets of each camera: those given, else what `batch` left in the folder.

    Raises:
        InputError: a camera that the site has not, or nothing to link at all.
    """
    names = [camera.name for camera in site.cameras]
    if given:
        for name in given:
            if name not in names:
                raise InputError(f"no camera {name!r} in this site{did_you_mean(name, names)}")
        return given
    if folder is None:
        raise InputError("nothing to link: give the tracklets of each camera, or batch's folder")
    left = {camera.name: folder / camera.name / last_stage(camera, site) for camera in site.cameras}
    there = {name: path for name, path in left.items() if path.is_file()}
    if not there:
        first = next(iter(left.values()))
        raise InputError(
            f"{first}: no such file. Run `camweave batch` first, or give -t CAMERA=..."
        )
    return there


def last_stage(camera: Camera, site: Site) -> str:
    """The file of tracklets that `batch` makes last of a camera."""
    if site.refine is not None:
        return REFINED
    return TRACKLETS if camera.embedder.kind == NONE else EMBEDDED


def read_all(given: Given, ground: Ground) -> list[Tracklets]:
    """The tracklets of each camera under the site's name for it, on the site's clock.

    Raises:
        FileFormatError: a file cannot be read.
        InputError: a file is another camera's.
    """
    return [read_one(CameraId(name), source, ground) for name, source in given.items()]


def read_one(camera: CameraId, source: str | Path | Tracklets, ground: Ground) -> Tracklets:
    """One camera's."""
    known = source if isinstance(source, Tracklets) else read_tracklets(Path(source))
    if known.camera != camera and known.camera in ground.topology.cameras:
        where = f"camera {known.camera}'s" if isinstance(source, Tracklets) else str(source)
        raise InputError(
            f"camera {camera}: {where} tracklets are those of camera {known.camera}; "
            f"give -t {known.camera}=..."
        )
    clock = ground.clocks.get(camera, Clock())
    return replace(known, camera=camera, time=known.time / clock.scale + clock.offset)


def notes_on(site: Site, ground: Ground, known: Sequence[Tracklets]) -> list[str]:
    """What a user should know of the input, a sentence each."""
    there = {each.camera for each in known}
    missing = [camera.name for camera in site.cameras if camera.name not in there]
    notes = [f"no tracklets of {', '.join(missing)}: left out"] if missing else []
    topology = ground.topology
    ends = {camera for each in topology.transitions for camera in (each.source, each.target)}
    alone = [camera for camera in topology.cameras if ends and camera not in ends]
    if alone:
        notes.append(f"no window leads to {', '.join(alone)} or from there")
    for each in known if ground.layout is not None else ():
        rate = layout_rate(ground, each.camera)
        if not isclose(rate, each.fps, rel_tol=SAME_RATE):
            notes.append(
                f"camera {each.camera}: the layout says {rate:g} frames/s, the recording "
                f"{each.fps:g}; times are the recording's (cameras[].fps corrects it)"
            )
    return notes


def layout_rate(ground: Ground, camera: CameraId) -> float:
    """The rate that a layout says of a camera, in frames/s."""
    if ground.layout is None:
        return 0.0
    names = ground.layout.cameras or ground.topology.cameras
    return ground.layout.fps[names.index(camera)]
