"""One MQTT message."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A payload under a topic. A retained one is kept by the broker for whoever comes later."""

    topic: str
    payload: bytes  # a retained message without one takes the topic off the broker
    retain: bool = False


def retained(topic: str, text: str) -> Message:
    """A message of plain text that the broker keeps."""
    return Message(topic, text.encode(), retain=True)


def as_json(topic: str, content: Mapping[str, object], *, retain: bool = False) -> Message:
    """A message in JSON."""
    return Message(topic, json.dumps(content, ensure_ascii=False).encode(), retain)
