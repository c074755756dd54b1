"""The parameters of publishing over MQTT: which broker, and how."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from camweave.formats.tls import Tls

Qos: TypeAlias = Literal[0, 1, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerParams:
    """Where the broker is, and who we are to it."""

    host: str
    port: int = 1883
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None  # None: in the clear
    timeout: float = 3.0  # s to connect, and to be let in
    silence: int = 15  # s after which the broker is asked whether it is there


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingParams:
    """What is told, and how often."""

    topic: str = "camweave"  # all topics begin with it
    discovery: str | None = "homeassistant"  # where Home Assistant looks for devices; None: nowhere
    qos: Qos = 1
    interval: float = 1.0  # s from one count of who is there to the next, at least
    thorough: float = 10.0  # s from one count of all who were seen to the next, at least
    queue: int = 1000  # events that wait for the broker; older ones are dropped
