"""The desk of a linker in another process: asked over the broker; what it wrote is in the store."""

from collections.abc import Sequence
from time import time as unix_time
from typing import Final

from camweave.app.jobs.roles.answering import recorded
from camweave.app.jobs.roles.asking import Asking, NoLinkerError
from camweave.app.jobs.roles.serve_history import History
from camweave.core.arrays import F32
from camweave.core.errors import InputError, JobError
from camweave.core.identities import Link
from camweave.core.station import Alike
from camweave.core.wishes import Wish
from camweave.formats.messages.asks import LooksLike, Said

HEARD: Final = 2.0  # s in which we hear of what the linker has done


class FarDesk:
    """A `Desk`. Without a broker, what the store has can be looked up, and nothing be said."""

    def __init__(
        self, site: str, history: History, asking: Asking | None, *, lossless: bool
    ) -> None:
        self._site, self._history, self._asking = site, history, asking
        self._lossless = lossless

    def say(self, wish: Wish, *, who: str) -> int:
        """As `Desk`."""
        if self._lossless:
            raise InputError(recorded(self._site))
        if self._asking is None:
            raise InputError(
                f"site {self._site}: served from its store alone: nobody to correct it"
            )
        number = self._asking.ask(Said(wish, who, unix_time())).number
        if number is None:
            raise JobError("the linker's answer has no number; is it of another camweave?")
        self._history.wake()
        self._history.wait(number, HEARD)
        return number

    def links(self, global_id: int) -> tuple[Link, ...] | None:
        """As `Desk`; those of a closed identity, too."""
        return self._history.links(global_id)

    def alike(self, vector: F32, most: int) -> Sequence[Alike]:
        """As `Desk`; where there is no linker, of the tracklets that the store has."""
        if self._asking is not None:
            try:
                return self._asking.ask(LooksLike(vector, most)).alike
            except NoLinkerError:
                pass
        return self._history.alike(vector, most)
