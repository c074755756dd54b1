"""Where a site's linker is asked and told things, whichever process it runs in."""

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

PATIENCE: Final = 0.5  # s


class Desk(Protocol):
    """What a linker is asked. Any thread may; all raise JobError where it does not answer."""

    def say(self, wish: Wish, *, who: str) -> int:
        """Correct who is who; the number of the correction.

        Raises:
            InputError: it cannot be: they were seen in one place at one time, or are not known.
        """

    def links(self, global_id: int) -> tuple[Link, ...] | None:
        """Why an identity is one; None where there was no time to say."""

    def alike(self, vector: F32, most: int) -> Sequence[Alike]:
        """Who looks most like `vector` (D,), unit length; the most alike first."""


class OwnDesk:
    """The desk of a linker in this process."""

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
        """Of a living identity; those of a closed one are in the journal alone.

        None where the linker has ended, or is in a long pass: who asks for a journey does not
        wait for its end.
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
