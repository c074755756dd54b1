"""Makes the topology and calibrations of a site from its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from camweave.app.site.linker import Linker
from camweave.app.site.model import Camera, Site
from camweave.core.arrays import F64
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.topology import Topology
from camweave.formats.calibration import read_calibration
from camweave.formats.layout import Clock, Layout, read_layout
from camweave.formats.topology import read_topology
from camweave.ops.calibration import Calibration


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """How a site's cameras lie to each other, by its files."""

    topology: Topology
    calibrations: Mapping[CameraId, Calibration]  # of the cameras that have one
    clocks: Mapping[CameraId, Clock] = field(default_factory=dict)  # where a layout says one
    layout: Layout | None = None


def make_topology(site: Site) -> Ground:
    """The topology of a site, from whichever file or section says it.

    Raises:
        FileFormatError: a file that it names cannot be read; file and line are named.
        InputError: layout or topology have other cameras, or a clock is set twice.
    """
    linker = site.linker or Linker()
    cameras = tuple(CameraId(camera.name) for camera in site.cameras)
    zones = tuple(zone for camera in site.cameras for zone in camera.zones)
    layout = None if linker.layout is None else read_layout(linker.layout)
    clocks: dict[CameraId, Clock] = {}
    if layout is not None:
        topology, clocks = of_layout(layout, site.cameras, linker)
    elif linker.topology is not None:
        topology = read_topology(linker.topology, cameras=cameras, zones=zones)
    else:
        topology = Topology(cameras=cameras, transitions=linker.transitions or ())
    calibrations = calibrations_of(site.cameras, topology)
    return Ground(
        topology=replace(
            topology,
            zones=topology.zones or zones,
            homographies={**topology.homographies, **on_metres(calibrations)},
            strict=linker.strict or topology.strict,
        ),
        calibrations=calibrations,
        clocks=clocks,
        layout=layout,
    )


def of_layout(
    layout: Layout, cameras: Sequence[Camera], linker: Linker
) -> tuple[Topology, dict[CameraId, Clock]]:
    """A layout's windows and clocks; a camera's clock is set in one place.

    Raises:
        InputError: the layout has other cameras, or a camera has an offset in both.
    """
    names = tuple(CameraId(camera.name) for camera in cameras)
    try:
        topology, clocks = layout.topology(names), layout.clocks(names)
    except InputError as error:
        raise InputError(f"{linker.layout}: {error}") from None
    for camera in cameras:
        clock = clocks[CameraId(camera.name)]
        if camera.offset and clock.offset:
            raise InputError(
                f"camera {camera.name}: offset is {camera.offset:g} s in the site file and "
                f"{clock.offset:g} s in {linker.layout}; set one of them to 0"
            )
    return topology, clocks


def calibrations_of(cameras: Sequence[Camera], topology: Topology) -> dict[CameraId, Calibration]:
    """The calibration of every camera that has one, from its own file before the topology's.

    Raises:
        FileFormatError: a file is no calibration.
        InputError: a camera has one in both, or their units differ.
    """
    found = {
        camera: Calibration(matrix, told="topology")
        for camera, matrix in topology.homographies.items()
    }
    for camera in cameras:
        name = CameraId(camera.name)
        if camera.homography is None:
            continue
        if name in found:
            raise InputError(
                f"camera {name}: a homography in the topology and one in {camera.homography}; "
                "leave one of them out"
            )
        found[name] = read_calibration(camera.homography, camera=name)
    units = sorted({each.unit for each in found.values()})
    if len(units) > 1:
        raise InputError(f"calibrations: units differ ({', '.join(units)}); give all in one")
    return found


def on_metres(calibrations: Mapping[CameraId, Calibration]) -> dict[CameraId, F64]:
    """The homographies of calibrations in metres."""
    return {
        camera: calibration.homography
        for camera, calibration in calibrations.items()
        if calibration.unit == "m"
    }


def basis(ground: Ground, *, looks: bool) -> str:
    """One line that says what linking will rest on."""
    topology = ground.topology
    cameras = {end for each in topology.transitions for end in (each.source, each.target)}
    rests = []
    if len(ground.calibrations) > 1:
        rests.append(f"places on the ground ({len(ground.calibrations)} cameras calibrated)")
    if cameras:
        hard = "; strict" if topology.strict else ""
        rests.append(f"windows ({len(topology.transitions)} between {len(cameras)} cameras{hard})")
    match bool(rests), looks:
        case True, True:
            return ", ".join([*rests, "appearance"])
        case True, False:
            return f"{', '.join(rests)}; no appearance, as nothing is embedded"
        case False, True:
            return "appearance alone: no windows are given, and no two cameras are calibrated"
        case _:
            return "times alone: nothing is embedded, no windows are given, none calibrated"
