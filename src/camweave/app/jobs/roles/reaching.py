"""The broker that a role is told to use."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from math import inf
from time import monotonic, sleep
from typing import Final, TypeVar

from camweave.broker.broker import Broker
from camweave.broker.errors import BrokerError
from camweave.broker.params import EXAMPLE, params_of
from camweave.broker.sites import Sites
from camweave.core.backoff import Backoff
from camweave.core.errors import InputError
from camweave.formats.document import VARIABLE

URL: Final = "CAMWEAVE_BROKER"
PATIENCE: Final = 30.0  # s in which a broker may be starting, beside us
PAUSE: Final = 0.5  # s between two tries
QUICK: Final = Backoff(quick=1.0, slow=2.0, slow_for=inf)  # s: frames wait, however long

T = TypeVar("T")


def broker_at(
    url: str | None,
    environment: Mapping[str, str] = os.environ,
    *,
    patience: float = PATIENCE,
) -> Broker:
    """The broker at an address, or at the one in CAMWEAVE_BROKER; to be opened with `with`.

    `${VAR}` in it is filled in.

    Raises:
        InputError: there is no address, or it is none.
        MissingExtra: aio-pika is not installed.
    """
    told = url or environment.get(URL, "")
    if not told:
        raise InputError(f"no broker: give --broker {EXAMPLE}, or set {URL}")
    params = params_of(VARIABLE.sub(lambda found: _variable(found[1], environment), told))
    return Broker(params, QUICK, patience=patience)


def persistently(work: Callable[[], T], patience: float = PATIENCE) -> T:
    """What `work` does at a broker, tried again where it cannot be done yet.

    Roles start side by side, with the broker itself: what one of them declares, others may not
    find for a moment.

    Raises:
        BrokerError: it could not be done within `patience` s, or never can.
    """
    until = monotonic() + patience
    while True:
        try:
            return work()
        except BrokerError as error:
            if error.denied or monotonic() > until:
                raise
        sleep(PAUSE)


@contextmanager
def entered(*parts: AbstractContextManager[object]) -> Iterator[None]:
    """Parts at a broker, open while the block lasts; each is begun persistently.

    Raises:
        BrokerError: one could not be begun.
    """
    with ExitStack() as ends:
        for part in parts:
            persistently(partial(ends.enter_context, part))
        yield


@contextmanager
def sites_of(broker: Broker) -> Iterator[Sites]:
    """What a broker tells of all sites, while the block lasts.

    Raises:
        BrokerError: it has no place for that.
    """
    sites = Sites(broker)
    with entered(sites):
        yield sites


def _variable(name: str, environment: Mapping[str, str]) -> str:
    if name not in environment:
        raise InputError(f"broker: the environment variable {name} is not set")
    return environment[name]
