"""A real RabbitMQ node of a test's own: private ports and folder, no service, any user."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import pytest
from tests.support.broker_alarm import Alarm, Resource, program
from tests.support.ports import HOST, free_ports
from tests.support.waiting import until

PORTS = 3  # one after the other: AMQP, between nodes, the node's port mapper (epmd)
START = 60.0  # s within which a node answers
HEADER = b"AMQP\0\0\x09\x01"
HASHING = "rabbitmq_consistent_hash_exchange"
INSTALL = "no RabbitMQ; on Debian: apt-get install --no-install-recommends rabbitmq-server"


class Node:
    """RabbitMQ on loopback while its `with` block lasts; it keeps its data over a restart.

    `guest`/`guest` is let in. With `tls`, a folder that `certificate` has filled, it speaks TLS on
    `tls_port` too, with whoever shows a certificate of the same authority.
    """

    def __init__(
        self,
        folder: Path,
        *,
        plugins: Sequence[str] = (HASHING,),
        tls: Path | None = None,
        memory: str = "512MB",
    ) -> None:
        sbin = programs()
        if sbin is None or shutil.which("epmd") is None:
            pytest.skip(INSTALL)
        self.port = free_ports(PORTS + 1)
        self.tls_port = self.port + PORTS
        self._sbin, self._folder, self._memory = sbin, folder, memory
        self._process: subprocess.Popen[bytes] | None = None
        lines = [
            f"listeners.tcp.default = {HOST}:{self.port}",
            "disk_free_limit.absolute = 50MB",
            "max_message_size = 16777216",  # what 4.x has unless told otherwise
            f"vm_memory_high_watermark.absolute = {memory}",
        ]
        if tls is not None:
            lines += [
                f"listeners.ssl.default = {HOST}:{self.tls_port}",
                f"ssl_options.cacertfile = {tls / 'ca.pem'}",
                f"ssl_options.certfile = {tls / 'server.pem'}",
                f"ssl_options.keyfile = {tls / 'server.key'}",
                "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = true",
            ]
        (folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (folder / "enabled_plugins").write_text(f"[{','.join(plugins)}].\n")

    @property
    def url(self) -> str:
        """Where it is."""
        return f"amqp://guest:guest@{HOST}:{self.port}/"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        mapper = ["epmd", "-port", str(self.port + 2), "-kill"]
        subprocess.run(mapper, env=self._environment(), check=False, capture_output=True)

    def start(self) -> None:
        """Let people in; always on the same port, with what it had."""
        log = (self._folder / "output.txt").open("ab")
        self._process = subprocess.Popen(
            [self._sbin / "rabbitmq-server"],
            env=self._environment(),
            cwd=self._folder,  # where it may leave what it dies of
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        log.close()
        until(self._answers, within=START)

    def kill(self) -> None:
        """End it without a goodbye."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It keeps its connections, and answers nobody."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    @contextmanager
    def alarm(self, resource: Resource) -> Iterator[Alarm]:
        """An alarm that can begin at once; it ends with the block."""
        with TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            made = Alarm(folder)
            evaluated = self._ctl("eval", program(folder, resource, self._memory))
            with subprocess.Popen(
                evaluated, env=self._environment(), stdout=subprocess.DEVNULL
            ) as asked:
                try:
                    made.ready()
                    yield made
                finally:
                    for each in ("begin", "end"):
                        folder.joinpath(each).touch()
                    asked.wait()

    @contextmanager
    def without_disk(self) -> Iterator[None]:
        """It believes that its disk is full."""
        with self.alarm("disk") as alarm:
            alarm.begin()
            yield

    def told(self, *words: str) -> str:
        """What `rabbitmqctl` answers."""
        done = subprocess.run(
            self._ctl(*words), env=self._environment(), check=True, capture_output=True, text=True
        )
        return done.stdout

    def _ctl(self, *words: str) -> list[str]:
        return [str(self._sbin / "rabbitmqctl"), "-q", *words]

    def queues(self) -> dict[str, dict[str, Any]]:
        """Every queue with what waits and who takes."""
        shown = self.told("list_queues", "name", "messages", "consumers", "--formatter", "json")
        return {each["name"]: each for each in json.loads(shown)}

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "output.txt").read_text()[-2000:]
        with suppress(OSError), socket.create_connection((HOST, self.port), 1) as knock:
            knock.settimeout(2)
            knock.sendall(HEADER)
            return knock.recv(16)[:1] == b"\x01"
        time.sleep(0.05)
        return False

    def _environment(self) -> dict[str, str]:
        folder, name = self._folder, f"camweave{self.port}@localhost"
        bound = "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none"
        return {
            **os.environ,
            "HOME": str(folder),  # of the cookie
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_EPMD_PORT": str(self.port + 2),
            "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",  # it may be ended though a node was killed
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_CTL_ERL_ARGS": "+S 1:1",
            "RABBITMQ_DIST_PORT": str(self.port + 1),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_NODENAME": name,
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_PLUGINS_EXPAND_DIR": str(folder / "expand"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": bound,
        }


def programs() -> Path | None:
    """The folder of its programs: RABBITMQ_HOME names another version's; None: it is not there."""
    named = os.environ.get("RABBITMQ_HOME")
    if named:
        return Path(named, "sbin")
    return next(iter(sorted(Path("/usr/lib/rabbitmq/lib").glob("*/sbin"))), None)


def certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1, server.pem and server.key, and whose it is, ca.pem."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl; on Debian: apt-get install openssl")
    short = ["-newkey", "rsa:2048", "-nodes"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    _openssl(folder, "req", "-x509", *short, "-days", "1", "-subj", "/CN=nobody",
             "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip
    _openssl(folder, "req", *short, *named, "-keyout", "server.key", "-out", "server.csr")
    _openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
             "-days", "1", "-copy_extensions", "copy", "-out", "server.pem")  # fmt: skip


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
