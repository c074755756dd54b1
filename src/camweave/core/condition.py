"""How a camera fares: the one value that the line, the web and the logs are told."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from camweave.core.frame import CameraId

State: TypeAlias = Literal[
    "starting",  # no frame yet
    "live",  # frames come
    "reconnecting",  # they came, and the connection is being made anew
    "ended",  # a file is over, or the reader was stopped: no more will come
    "failed",  # needs a person; a live source is still tried now and then
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One camera at one instant. Times are seconds on the site's clock."""

    camera: CameraId
    state: State
    reason: str = ""  # why, in one line without secrets; "" where all is well
    since: float  # s, when this state began
    epoch: int = 0  # of the newest frame
    width: int | None = None  # px; None until known, as all that follows
    height: int | None = None  # px
    codec: str | None = None
    declared_fps: float | None = None  # frames/s that the source promises
    delivered_fps: float = 0.0  # frames/s that came of late
    jitter: float = 0.0  # s that frames come late: 95 of 100 stay under it
    clock_error: float | None = None  # s that the camera's own clock is behind ours, way included
    frames: int = 0  # whole pictures since the start
    dropped: int = 0  # of those, never looked at: a newer one was there
    corrupt: int = 0  # damaged pictures, not counted among the frames
    reconnects: int = 0  # connections after the first that brought a frame
    newest: float | None = None  # s of capture of the newest frame

    @property
    def delivers(self) -> bool:
        """Whether frames can be waited for: the others of the site need not go on without it."""
        return self.state in {"starting", "live"}
