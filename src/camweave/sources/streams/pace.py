"""One pace for all files of a site: media second 0 of each is the same instant."""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Final

log = logging.getLogger(__name__)

TOO_LATE: Final = 1.0  # s behind, from which on the files are played slower


class Pace:
    """Where media time lies on the site's clock, shared by all files that are played as if live.

    Files of one site were filmed together, so they must be played together: the first one to ask
    sets the beginning for all. Where one cannot be decoded in time, all of them are held back:
    skipping in one would change every journey from it to another.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now  # s on the site's clock
        self.held_back = 0.0  # s, all in all
        self._lock = Lock()
        self._origin: float | None = None  # s on the site's clock of media second 0

    def due(self, media: float) -> float:
        """When on the site's clock the media second `media` is shown."""
        with self._lock:
            if self._origin is None:
                self._origin = self.now() - media
            return self._origin + media

    def hold_back(self, media: float) -> None:
        """Somebody is only now at `media`: if that is too late, let all play later."""
        with self._lock:
            late = self.now() - media - (self._origin or 0.0)
            if self._origin is None or late <= TOO_LATE:
                return
            if not self.held_back:
                log.warning("files cannot be decoded in time here: all are played slower")
            self._origin += late
            self.held_back += late
