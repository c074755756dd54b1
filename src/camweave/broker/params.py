"""Which broker, how to reach it, and how long anything may take there."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from camweave.core.errors import InputError
from camweave.formats.tls import Tls

PLAIN_PORT: Final = 5672
TLS_PORT: Final = 5671
FILES: Final = {"cafile": "authority", "certfile": "certificate", "keyfile": "key"}
EXAMPLE: Final = "amqp://USER:PASSWORD@HOST:5672/"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerParams:
    """Where the broker is, who we are to it, and how patient we are."""

    host: str
    port: int = PLAIN_PORT
    user: str = "guest"
    password: str = field(default="guest", repr=False)
    vhost: str = "/"
    tls: Tls | None = None  # None: in the clear
    timeout: float = 5.0  # s for anything that is asked of the broker
    heartbeat: int = 5  # s; a peer that is silent for three of them is dead
    watch: float = 10.0  # s from one look at every queue that we take from to the next
    stuck: float = 15.0  # s that messages may be ready for us without one coming
    degraded: float = 3.0  # s that a message may be unconfirmed before that is told
    confirm: float = 120.0  # s, after which we give a connection up that confirms nothing

    @property
    def where(self) -> str:
        """The broker's address."""
        return f"{self.host}:{self.port}"


def params_of(url: str) -> BrokerParams:
    """What an address says: `amqp://USER:PASSWORD@HOST:PORT/VHOST`, or `amqps://` for TLS.

    With TLS, `?cafile=F` names who signed the broker's certificate, `&certfile=F&keyfile=F` ours.

    Raises:
        InputError: it is no such address; it is not repeated, for the sake of its password.

    >>> params_of("amqps://camweave:s3cret@rabbit/sites?cafile=ca.pem").where
    'rabbit:5671'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError(f"broker: not an address; expected {EXAMPLE}") from None
    if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
        raise InputError(f"broker: expected an address such as {EXAMPLE}")
    tls = _tls(parts)
    return BrokerParams(
        host=parts.hostname,
        port=port or (PLAIN_PORT if tls is None else TLS_PORT),
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        vhost=unquote(parts.path[1:]) or "/",
        tls=tls,
    )


def _tls(parts: SplitResult) -> Tls | None:
    told = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = [name for name in told if name not in FILES]
    if unknown:
        raise InputError(f"broker: unknown option {unknown[0]!r}; there are {', '.join(FILES)}")
    if parts.scheme == "amqp":
        if told:
            raise InputError(f"broker: {next(iter(told))} is for amqps://")
        return None
    return Tls(**{FILES[name]: Path(value) for name, value in told.items() if value})
