"""What a `SiteStation` asks of a running site, in this process or spread over many."""

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
    """The state of a site's cameras at one instant."""

    conditions: Mapping[CameraId, Condition]  # in the order of the site
    standing: Mapping[CameraId, str] = field(default_factory=dict)  # "in step", "late", ...
    skew: Mapping[CameraId, float] = field(default_factory=dict)  # s behind the foremost


class Running(Protocol):
    """A running site. Any thread may ask; nothing here waits."""

    @property
    def showing(self) -> Showing:
        """The pictures of its cameras."""

    @property
    def grounds(self) -> Mapping[CameraId, GroundOf]:
        """For each calibrated camera the function to its ground."""

    @property
    def desk(self) -> Desk | None:
        """Requests to its linker; None where it has none."""

    def fares(self) -> Fares:
        """The state of its cameras now."""

    def class_names(self, camera: CameraId) -> Sequence[str]:
        """The names that `class_id` indexes in a camera's tracks."""

    def figures(self) -> Iterable[Figure]:
        """Its metrics, without those of cameras and identities."""

    def trouble(self) -> str | None:
        """Why it is not healthy, in one line; None where it is."""
