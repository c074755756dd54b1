"""Requests to a site's linker, which may run in this process or in another."""

from collections.abc import Sequence
from concurrent.futures import CancelledError
from time import time as unix_time
from typing import Final, Protocol

from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.searching import most_alike
from camweave.core.arrays import F32
from camweave.core.errors import JobError
from camweave.core.events import Corrected, Event, Undone
from camweave.core.identities import Link
from camweave.core.station import Alike
from camweave.core.wishes import Wish

PATIENCE: Final = 0.5  # s that a request for links waits


class Desk(Protocol):
    """What a linker can be asked, by any thread. JobError: it does not answer."""

    def say(self, wish: Wish, *, who: str) -> int:
        """Make a correction; returns its number.

        Raises:
            InputError: it is impossible: both were seen in one camera at one time, or one is not
                known.
        """

    def links(self, global_id: int) -> tuple[Link, ...] | None:
        """The links that make up an identity; None where the linker was too busy to tell."""

    def alike(self, vector: F32, most: int) -> Sequence[Alike]:
        """The identities that look most like `vector` (D,), unit length; the most alike first."""


class OwnDesk:
    """Requests to a linker in this process."""

    def __init__(self, linking: Linking) -> None:
        self._linking = linking

    def say(self, wish: Wish, *, who: str) -> int:
        """As `Desk`."""
        at = unix_time()
        said = self._linking.correct(
            lambda registry, time: registry.say(wish, time, who=who, at=at)
        )
        try:
            return number_of(said.result())
        except CancelledError:
            raise JobError("the linker has ended: nothing can be corrected any more") from None

    def links(self, global_id: int) -> tuple[Link, ...] | None:
        """As `Desk`; those of a closed identity are in the journal alone.

        None where the linker has ended, or is in a long pass: a request for a journey does not
        wait for that.
        """
        asked = self._linking.ask(lambda linker: linker.registry.links(global_id))
        try:
            return asked.result(PATIENCE)
        except (TimeoutError, CancelledError):
            return None

    def alike(self, vector: F32, most: int) -> Sequence[Alike]:
        """As `Desk`."""
        asked = self._linking.ask(lambda linker: most_alike(linker, vector, most))
        try:
            return asked.result()
        except CancelledError:
            raise JobError("the linker has ended: nobody can be searched for any more") from None


def number_of(events: Sequence[Event]) -> int:
    """The number of the correction that these events begin with."""
    return next(each.seq for each in events if isinstance(each, Corrected | Undone))
