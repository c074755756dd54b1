"""The `linker` section of the site file, and the cameras' zones."""

from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import PlainSerializer, PlainValidator, ValidationInfo

from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.topology import Transition, Zone
from camweave.formats.topology_entries import Told, tell_strangers, transitions_in, zones_in
from camweave.linking.live.params import LiveParams
from camweave.linking.params import LinkParams

OnGround: TypeAlias = Literal["auto", "follow", "group", "off"]
GROUNDS: Final = ("auto", "follow", "group", "off")
TOPOLOGIES: Final = ("layout", "transitions", "topology")  # of which a site has one, or none


def transitions(data: object) -> tuple[Transition, ...] | None:
    """The transitions of a mapping of edges; None of none."""
    told: Told = []
    made = None if data is None else transitions_in(data, (), told)
    if told:
        raise ValueError(told[0][1])
    return made


def zones(data: object, around: ValidationInfo) -> tuple[Zone, ...]:
    """The zones of the camera that they stand in."""
    told: Told = []
    camera = CameraId(around.data.get("name", ""))
    made = () if data is None else zones_in(data, camera, (), told)
    if told:
        raise ValueError(told[0][1])
    return made


def written(values: tuple[Transition, ...] | tuple[Zone, ...] | None) -> Any:  # noqa: ANN401 - plain data
    """The same as plain data, for reports."""
    return None if values is None else [asdict(each) for each in values]


Transitions: TypeAlias = Annotated[
    tuple[Transition, ...] | None,
    PlainValidator(transitions),
    PlainSerializer(written, return_type=Any),
]
Zones: TypeAlias = Annotated[
    tuple[Zone, ...], PlainValidator(zones), PlainSerializer(written, return_type=Any)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker(LinkParams):
    """How tracklets of different cameras become one identity, and who can follow whom."""

    interval: float = 0.5  # s between linkings, live
    memory: float = 3600.0  # s an absent identity can still be met again, live
    ground: OnGround = "auto"  # of calibrated cameras: follow detections, group tracklets, or off
    layout: Path | None = None  # the specification's matrices, or:
    transitions: Transitions = None  # "cam_a -> cam_b": least and most s, or:
    topology: Path | None = None  # YAML of transitions, zones and homographies

    def __post_init__(self) -> None:
        LinkParams.__post_init__(self)  # super() does not work in a class with slots
        for name in ("interval", "memory"):
            value = getattr(self, name)
            if not 0 < value < inf:
                raise InputError(f"linker: {name}: expected more than 0 s, got {value:g}")
        if self.ground not in GROUNDS:
            raise InputError(
                f"linker: ground: expected one of {', '.join(GROUNDS)}, got {self.ground}"
            )
        said = [name for name in TOPOLOGIES if getattr(self, name) is not None]
        if len(said) > 1:
            raise InputError(f"linker: give {' or '.join(said)}, not both")

    @property
    def live(self) -> LiveParams:
        """How it links live."""
        return LiveParams(interval=self.interval, memory=self.memory)


def refused_topology(data: dict[str, Any]) -> Told:
    """Place and reason of what is wrong with zones and transitions.

    What is wrong is replaced, so that it is told once.
    """
    told: Told = []
    rows = data.get("cameras")
    cameras = [row for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict)]
    drawn: list[Zone] = []
    for at, camera in enumerate(cameras):
        before = len(told)
        if camera.get("zones") is not None:
            name = CameraId(str(camera.get("name")))
            drawn += zones_in(camera["zones"], name, ("cameras", at, "zones"), told)
        if len(told) > before:
            camera["zones"] = None
    linker = data.get("linker")
    edges = linker.get("transitions") if isinstance(linker, dict) else None
    before, place = len(told), ("linker", "transitions")
    if isinstance(linker, dict) and edges is not None:
        transitions_in(edges, place, told)
        names = [CameraId(str(camera.get("name"))) for camera in cameras]
        tell_strangers(edges, place, told, (names, drawn))
        if len(told) > before:
            data["linker"] = linker | {"transitions": None}
    return told
