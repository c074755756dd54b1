"""A real MQTT broker (Mosquitto) of a test's own, and somebody who listens to it."""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from tests.support.ports import HOST, free_port
from tests.support.waiting import until

START = 10.0  # s within which a broker answers


class Broker:
    """Mosquitto on loopback while its `with` block lasts; it remembers nothing over a restart.

    With a `user`, (name, password), nobody else is let in; with `tls`, a folder that holds
    server.pem and server.key, it speaks TLS only.
    """

    def __init__(
        self, folder: Path, *, user: tuple[str, str] | None = None, tls: Path | None = None
    ) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if program is None:
            pytest.skip("no Mosquitto; on Debian: apt-get install mosquitto")
        self.port = free_port()
        lines = [f"listener {self.port} {HOST}", "persistence false", "log_dest none"]
        lines.append(f"allow_anonymous {'true' if user is None else 'false'}")
        if os.getuid() == 0:
            lines.append("user root")
        if user is not None:
            made = folder / "passwords"
            subprocess.run(["mosquitto_passwd", "-c", "-b", made, *user], check=True)
            lines.append(f"password_file {made}")
        if tls is not None:
            lines += [f"certfile {tls / 'server.pem'}", f"keyfile {tls / 'server.key'}"]
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join(lines) + "\n")
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Listen; always on the same port."""
        self._process = subprocess.Popen([self._program, "-c", str(self._config)])
        until(self._answers, within=START)

    def kill(self) -> None:
        """End it without a goodbye; what it retained is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It keeps its connections, and takes nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"mosquitto does not start with {self._config}"
        with socket.socket() as knock:
            return knock.connect_ex((HOST, self.port)) == 0


@dataclass
class Ear:
    """Hears all that is told to a broker, what it retains first. Open it with `with`."""

    port: int
    topic: str = "#"
    user: tuple[str, str] = ("", "")
    heard: list[tuple[str, bytes]] = field(default_factory=list)  # topic and payload, in order
    listening: bool = False

    def __enter__(self) -> Self:
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = self._in
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._take
        if self.user[0]:
            self._client.username_pw_set(*self.user)
        self._client.connect(HOST, self.port)
        self._client.loop_start()
        until(lambda: self.listening, within=START)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def under(self, topic: str) -> list[Any]:
        """What was told under a topic, in order; JSON where it is that."""
        return [told_as(payload) for at, payload in self.heard if at == topic]

    def newest(self, topic: str) -> Any:
        """What was told last under a topic; None where nothing was."""
        told = self.under(topic)
        return told[-1] if told else None

    def _in(self, client: Client, *_: object) -> None:
        client.subscribe(self.topic, qos=1)

    def _subscribed(self, *_: object) -> None:
        self.listening = True

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))


def told_as(payload: bytes) -> Any:
    """JSON, or the text itself."""
    text = payload.decode()
    return json.loads(text) if text.startswith("{") else text
