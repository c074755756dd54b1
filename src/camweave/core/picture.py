"""What people watch: encoded pictures of the cameras, and who to ask for them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from camweave.core.frame import CameraId

WIDTHS: Final = (160, 320, 480, 640, 960, 1280, 1920)  # px; each of them may cost an encoding


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One encoded picture of one camera. Never changed, so threads and viewers may share it."""

    camera: CameraId
    seq: int  # rises by one with each thing that the camera shows; a gap was never encoded
    time: float  # s of capture, on the site's clock
    jpeg: bytes
    width: int  # px
    height: int  # px


class Watch(Protocol):
    """One camera being watched, at one width. What nobody watches is never encoded."""

    @property
    def over(self) -> bool:
        """The camera was removed: nothing more will come."""

    def newest(self) -> Picture | None:
        """The newest picture; None until the first is encoded. Never blocks."""


class Pictures(Protocol):
    """The newest picture of each camera of a site. Any thread may ask."""

    @property
    def cameras(self) -> Sequence[CameraId]:
        """The cameras there are now, in the order of the site."""

    def watch(
        self, camera: CameraId, wake: Callable[[], None], *, width: int | None = None
    ) -> AbstractContextManager[Watch]:
        """Watch a camera until the block ends.

        `wake` is called from another thread whenever `newest` has something new, or the watch is
        `over`; it must be quick. Pictures are at most `width` px wide, rounded up as by `rung`.

        Raises:
            KeyError: there is no such camera.
        """

    def snapshot(self, camera: CameraId, *, width: int | None = None) -> Picture | None:
        """The newest picture, encoded now if it must be; so it may take some milliseconds.

        Raises:
            KeyError: there is no such camera.
        """


def rung(width: int | None) -> int | None:
    """The width that a picture asked for at `width` px gets; None is the camera's own.

    >>> rung(300), rung(320), rung(5000), rung(None)
    (320, 320, None, None)
    """
    return None if width is None else next((each for each in WIDTHS if each >= width), None)
