"""Which site of a broker a role is for: the one that is named, or the only one there is."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Final

from camweave.broker.sites import Sites
from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean
from camweave.formats.messages.sites import SiteNotice

RESTS: Final = 0.5  # s without another notice: all that were there have been told
GLANCE: Final = 0.5  # s


def joined(
    sites: Sites,
    name: str | None = None,
    *,
    run: str | None = None,
    patience: float | None = None,
    stop: Event | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> SiteNotice:
    """The notice of a site, waited for until somebody publishes it, or `patience` s.

    With `run`, it is that of this run.

    Raises:
        InputError: it did not come, or there are several and none is named.
        KeyboardInterrupt: `stop` was set before.
    """
    began, said, count = monotonic(), False, settled(sites)
    while True:
        found = _found(sites, name)
        if found is not None and run in {None, found.address.run}:
            return found
        if stop is not None and stop.is_set():
            raise KeyboardInterrupt
        if patience is not None and monotonic() - began > patience:
            there = ", ".join(sites.known) or "none"
            hint = did_you_mean(name, sites.known) if name else ""
            raise InputError(f"no site {name or ''} on the broker; there is {there}{hint}")
        if not said:
            said = True
            what = f"run {run}" if run else f"site {name}" if name else "a site"
            say(f"waiting for {what} to be published")
        count = sites.wait(count, GLANCE)


def settled(sites: Sites) -> int:
    """Wait until all is told that was there before us; how many notices that were.

    Only the newest one of a site holds, and the oldest comes first.
    """
    count, before = sites.wait(-1, RESTS), -1
    while count > before:
        before, count = count, sites.wait(count, RESTS)
    return count


def _found(sites: Sites, name: str | None) -> SiteNotice | None:
    known = sites.known
    if name is not None or not known:
        return known.get(name or "")
    if len(known) > 1:
        raise InputError(f"several sites on the broker: {', '.join(known)}; name one with --site")
    return next(iter(known.values()))
