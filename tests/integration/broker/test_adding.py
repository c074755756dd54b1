"""Parts that come to a broker at a bad moment."""

import pytest

from camweave.broker.broker import Broker
from camweave.broker.client import Wire
from camweave.broker.errors import BrokerError
from camweave.broker.health import Numbers


class Late:
    """A part that can begin at its third try only."""

    def __init__(self, *, denied: bool = False) -> None:
        self.tries, self.closed, self._denied = 0, False, denied

    async def attach(self, wire: Wire) -> None:  # noqa: ARG002 - as every part is asked
        self.tries += 1
        if self.tries <= 2:
            raise BrokerError("not yet", denied=self._denied)

    async def detach(self) -> None:
        pass

    async def leave(self) -> None:
        pass

    async def watch(self) -> str:
        return ""

    def close(self) -> None:
        self.closed = True

    def numbers(self) -> Numbers:
        return Numbers(sent=self.tries)


def test_a_part_that_came_too_early_is_tried_again_and_works(broker: Broker) -> None:
    part = Late()
    broker.add(part)
    assert (part.tries, part.closed) == (3, False)
    assert broker.health().numbers.sent == 3
    broker.remove(part)
    assert part.closed


def test_a_part_that_is_refused_for_good_is_closed(broker: Broker) -> None:
    part = Late(denied=True)
    with pytest.raises(BrokerError, match="not yet"):
        broker.add(part)
    assert (part.tries, part.closed) == (1, True)
    assert broker.health().numbers.sent == 0
