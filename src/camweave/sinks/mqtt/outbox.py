"""A bounded queue of MQTT messages for the time that the broker is away."""

from collections import deque

from camweave.sinks.mqtt.message import Message


class Outbox:
    """Messages in order; of retained ones only the newest under each topic.

    A message is out from `take` until `done`. With `lost` the connection is over: all that was out
    is to be told again, and all that the broker should have kept, as it may be another broker now.
    """

    def __init__(self, most: int) -> None:
        """At most `most` events wait; after that each new one drops the oldest."""
        self.dropped = 0  # events that were never told
        self._most = most
        self._events: deque[Message] = deque()
        self._kept: dict[str, Message] = {}
        self._stale: dict[str, None] = {}  # topics whose newest is not told yet, in order
        self._out: list[Message] = []

    def __len__(self) -> int:
        """How many wait, or are sent and not confirmed."""
        return len(self._events) + len(self._stale) + len(self._out)

    def put(self, message: Message) -> None:
        """Add a message."""
        if message.retain:
            self._kept[message.topic] = message
            self._stale[message.topic] = None
            return
        self._events.append(message)
        self._drop()

    def take(self) -> Message | None:
        """The next message, which counts as sent from now on; None where nothing waits."""
        if self._stale:
            topic = next(iter(self._stale))
            del self._stale[topic]
            message = self._kept[topic]
        elif self._events:
            message = self._events.popleft()
        else:
            return None
        self._out.append(message)
        return message

    def done(self, message: Message) -> None:
        """The broker has confirmed a message."""
        self._out.remove(message)
        if message.retain and not message.payload and self._kept[message.topic] is message:
            del self._kept[message.topic]  # it was taken off

    def lost(self) -> None:
        """The connection is lost: messages that were not confirmed wait again."""
        self._events.extendleft(each for each in reversed(self._out) if not each.retain)
        self._out.clear()
        self._stale = dict.fromkeys(self._kept)
        self._drop()

    def _drop(self) -> None:
        while len(self._events) > self._most:
            self._events.popleft()
            self.dropped += 1
