"""What runs a site, as far as people ask it: the line of this process, or many machines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from camweave.app.jobs.live.desk import Desk
from camweave.app.jobs.live.gathering import GroundOf
from camweave.app.runtime.showing import Showing
from camweave.core.condition import Condition
from camweave.core.frame import CameraId
from camweave.core.station import Figure


@dataclass(frozen=True, slots=True)
class Fares:
    """How the cameras of a site fare at one instant."""

    conditions: Mapping[CameraId, Condition]  # in the order of the site
    standing: Mapping[CameraId, str] = field(default_factory=dict)  # as the others see them
    skew: Mapping[CameraId, float] = field(default_factory=dict)  # s behind the foremost


class Running(Protocol):
    """A site that runs somewhere. Any thread may ask; nothing here waits."""

    @property
    def showing(self) -> Showing:
        """Its pictures."""

    @property
    def grounds(self) -> Mapping[CameraId, GroundOf]:
        """What tells where boxes stand, of the cameras that are calibrated."""

    @property
    def desk(self) -> Desk | None:
        """Its linker's; None where it links nothing."""

    def fares(self) -> Fares:
        """How its cameras fare."""

    def class_names(self, camera: CameraId) -> Sequence[str]:
        """Those of a camera's detector."""

    def figures(self) -> Iterable[Figure]:
        """How it does its work, in numbers; cameras and identities apart."""

    def trouble(self) -> str | None:
        """Why it does not do its work, in a line; None where it does."""
