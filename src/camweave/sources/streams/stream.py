"""What a live source can do beyond a `Source`."""

from typing import Protocol

from camweave.core.stages import Source


class Stream(Source, Protocol):
    """One connection to a camera. Iterating ends where a file ends, and raises where one is lost.

    Stamps begin with index 0 and epoch 0 and say the time of capture on the site's clock, strictly
    rising. Where the picture changes its size, `info` does and the epoch rises.
    """

    @property
    def codec(self) -> str | None:
        """What the pictures are coded in; None where nobody knows."""

    @property
    def corrupt(self) -> int:
        """Damaged pictures so far; they are not delivered."""

    @property
    def clock_error(self) -> float | None:
        """How many s the camera's clock is behind ours, way included; None: it tells none."""

    def interrupt(self) -> None:
        """From another thread: end the iteration soon, without an error."""
