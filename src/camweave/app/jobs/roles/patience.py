"""Going on when something that a role cannot do without is away: a store, a model's file."""

import logging
from collections.abc import Callable
from math import inf
from random import Random
from threading import Event
from time import monotonic
from typing import Final, TypeVar

from camweave.core.backoff import Backoff, Outages
from camweave.core.errors import CamweaveError, InputError

log = logging.getLogger(__name__)

PAUSES: Final = Backoff(quick=1.0, slow=2.0, slow_for=inf, rare=5.0)  # s: frames wait

T = TypeVar("T")


class Stopped(Exception):  # noqa: N818 - it is no error
    """Whoever waits is asked to end."""


class Patience:
    """Does things again until they go well; why they did not is logged once."""

    def __init__(self, role: str, stopped: Event) -> None:
        self.trouble, self.troubles = "", 0  # what is waited for; how often something was
        self._role, self._stopped = role, stopped
        self._chance = Random()  # noqa: S311 - when to try again is no secret

    def until_done(self, work: Callable[[], T]) -> T:
        """What `work` gives as soon as it raises no `CamweaveError`.

        Raises:
            Stopped: somebody stopped it before.
        """
        outages, said = Outages(PAUSES, monotonic()), ""
        while True:
            try:
                done = work()
            except CamweaveError as error:
                self.troubles += not said
                self.trouble = str(error)
                if str(error) != said:
                    log.error("%s: %s; trying again", self._role, error)  # noqa: TRY400 - it is said in a line
                said = str(error)
                urgent = not isinstance(error, InputError)
                pause = outages.down(monotonic(), chance=self._chance.random(), urgent=urgent)
                if self._stopped.wait(pause):
                    raise Stopped from None
            else:
                if said:
                    self.trouble = ""
                    log.warning("%s: it goes well again", self._role)
                return done
