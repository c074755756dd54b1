"""One connection to an MQTT broker (version 3.1.1, by paho-mqtt)."""

import socket
import ssl
from secrets import token_hex
from time import monotonic
from typing import Final, Self

from camweave.core.errors import JobError, MissingExtra
from camweave.sinks.mqtt.message import Message
from camweave.sinks.mqtt.params import BrokerParams, Qos

WINDOW: Final = 20  # messages that the broker has not acknowledged yet, at most
GLANCE: Final = 0.05  # s
REASONS: Final[dict[type[Exception], str]] = {
    ssl.SSLError: "it does not speak TLS, or not ours",
    TimeoutError: "does not answer",
    ConnectionRefusedError: "nobody listens there",
    socket.gaierror: "no machine is known by that name",
}
DENIED: Final = frozenset({"Not authorized", "Bad user name or password", "Banned"})


class BrokerError(JobError):
    """A connection to a broker is lost, or could not be made; another try may do better."""

    def __init__(self, message: str, *, denied: bool = False) -> None:
        """`denied`: only a person can mend it."""
        super().__init__(message)
        self.denied = denied


def require_client() -> None:
    """Check that paho-mqtt is installed.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import paho.mqtt.client
    except ImportError as error:
        raise MissingExtra("mqtt: talking to a broker", "mqtt") from error
    del paho


class Connection:
    """Sends messages to a broker, and receives confirmations. Open it with `with`.

    One thread's: `turn` is to be called again and again. With the end of the block the broker is
    told that we go, and keeps the will for itself; when the connection breaks, it tells the will.
    """

    def __init__(
        self, params: BrokerParams, will: Message, tls: ssl.SSLContext | None = None
    ) -> None:
        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        self._params = params
        self._answer: str | None = None  # to our wish to be let in; "": come in
        self._out: list[tuple[paho.MQTTMessageInfo, Message]] = []
        self._error_text = paho.error_string
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"camweave-{token_hex(4)}",  # two of one name would push each other out
            reconnect_on_failure=False,
        )
        self._client.connect_timeout = params.timeout
        self._client.on_connect = self._answered
        self._client.username_pw_set(params.user, params.password)
        self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        if tls is not None:
            self._client.tls_set_context(tls)

    def __enter__(self) -> Self:
        """Connect, and wait until the broker accepts.

        Raises:
            BrokerError: it was not to be; the message says where and why.
        """
        try:
            self._connect()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def room(self) -> bool:
        """Whether another message may be sent."""
        return len(self._out) < WINDOW

    @property
    def idle(self) -> bool:
        """Whether all that was sent is confirmed."""
        return not self._out

    def send(self, message: Message, qos: Qos) -> None:
        """Send a message."""
        info = self._client.publish(message.topic, message.payload, qos, message.retain)
        self._out.append((info, message))

    def turn(self, seconds: float) -> list[Message]:
        """Send and receive for at most so many seconds; returns the messages confirmed.

        Raises:
            BrokerError: the connection is lost.
        """
        code = self._client.loop(seconds)
        if code or not self._client.is_connected():
            raise BrokerError(f"{self.where}: the connection is lost ({self._told(code)})")
        arrived = [message for info, message in self._out if info.is_published()]
        self._out = [(info, message) for info, message in self._out if not info.is_published()]
        return arrived

    @property
    def where(self) -> str:
        """The broker's address."""
        return f"{self._params.host}:{self._params.port}"

    def _told(self, code: int) -> str:
        return self._error_text(code).strip().rstrip(".").lower()

    def _connect(self) -> None:
        try:
            self._client.connect(self._params.host, self._params.port, self._params.silence)
        except (OSError, ValueError) as error:
            raise BrokerError(f"{self.where}: {reason(error)}") from None
        until, code = monotonic() + self._params.timeout, 0
        while self._answer is None and not code and monotonic() < until:
            code = self._client.loop(GLANCE)
        if self._answer:
            raise BrokerError(
                f"{self.where}: the broker does not let us in: {self._answer.lower()}",
                denied=self._answer in DENIED,
            )
        if self._answer is None:
            told = f"hangs up ({self._told(code)})" if code else "does not answer"
            raise BrokerError(f"{self.where}: who listens there {told}")

    def _answered(self, _client: object, _data: object, _flags: object, *told: object) -> None:
        """Take the broker's answer to our connection: accepted, or refused with a reason."""
        code = told[0]
        self._answer = str(code) if getattr(code, "is_failure", False) else ""

    def _close(self) -> None:
        self._client.disconnect()
        self._client.on_connect = None  # else the two hold each other, and paho's sockets
        left = self._client.socket()  # it is open still where the broker takes nothing any more
        if left is not None:
            left.close()


def reason(error: OSError | ValueError) -> str:
    """Why nothing came of a connection, in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        told = error.verify_message.rstrip(".")
        return f"its certificate is not trusted ({told}); name its authority"
    for kind, told in REASONS.items():
        if isinstance(error, kind):
            return told
    return getattr(error, "strerror", None) or str(error)
