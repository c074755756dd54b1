"""What a broker says no to is told in one line, at once, and without a password."""

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.broker_parts import QUICK, connected, note, publisher, taken, worker
from tests.support.ports import HOST, free_port
from tests.support.rabbitmq import Node, certificate

from camweave.broker.broker import Broker
from camweave.broker.depths import depths
from camweave.broker.erasing import erase
from camweave.broker.errors import BrokerClosed, BrokerError
from camweave.broker.params import BrokerParams, params_of
from camweave.broker.publisher import Publisher
from camweave.broker.topology import Declaration, Exchange, Queue, Topology
from camweave.core.frame import CameraId
from camweave.formats.tls import Tls

GATE = CameraId("gate")
SECRET = "s3cret"  # noqa: S105 - nobody's


def refusal(params: BrokerParams) -> BrokerError:
    with pytest.raises(BrokerError) as refused, Broker(params, QUICK):
        pass
    line = str(refused.value)
    assert line.startswith(params.where)
    assert "\n" not in line
    assert SECRET not in line
    return refused.value


def test_who_is_not_let_in_hears_it_and_is_not_patient(
    node: Node, caplog: pytest.LogCaptureFixture
) -> None:
    params = replace(params_of(node.url), user="me", password=SECRET)
    with caplog.at_level(logging.DEBUG, "camweave"):
        error = refusal(params)
    assert "the broker does not let 'me' in: wrong name or password" in str(error)
    assert error.denied
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda p: replace(p, port=free_port()), "nobody listens there"),
        (lambda p: replace(p, vhost="nowhere"), "not to its virtual host"),
        (lambda p: replace(p, host="no.such.host.invalid"), "no machine is known by that name"),
        (lambda p: replace(p, tls=Tls()), "it does not speak TLS, or not ours"),
    ],
)
def test_what_is_wrong_is_said(
    node: Node, change: Callable[[BrokerParams], BrokerParams], line: str
) -> None:
    assert line in str(refusal(change(replace(params_of(node.url), timeout=3.0))))


def test_who_speaks_another_language_is_named() -> None:
    with socket.create_server((HOST, 0)) as web:

        def answer() -> None:
            with web.accept()[0] as visitor:
                visitor.recv(8)
                visitor.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        params = BrokerParams(host=HOST, port=web.getsockname()[1])
        assert "is it a broker of AMQP 0-9-1?" in str(refusal(params))
        thread.join()


def test_a_broker_that_is_not_there_yet_may_be_waited_for() -> None:
    params = BrokerParams(host=HOST, port=free_port())
    began = time.monotonic()
    with pytest.raises(BrokerError), Broker(params, QUICK, patience=0.5):
        pass
    assert 0.5 <= time.monotonic() - began < 5


def test_a_queue_that_is_there_with_other_settings_says_what_to_do(
    broker: Broker, site: str
) -> None:
    lossless, live = (Topology(site=site, lossless=each) for each in (True, False))
    with publisher(broker, lossless, [GATE]):
        pass
    with pytest.raises(BrokerError) as refused, publisher(broker, live, [GATE]):
        pass
    line = str(refused.value)
    assert "queue camweave." in line
    assert "it is there with other settings" in line
    assert "rabbitmqctl delete_queue" in line
    assert refused.value.denied
    with publisher(broker, lossless, [GATE]) as sender:  # the connection still serves
        sender.publish(note(GATE, 0), GATE)
        assert sender.flush(5)


def test_a_site_that_was_erased_may_begin_anew_with_other_settings(
    broker: Broker, site: str
) -> None:
    lossless, live = (Topology(site=site, lossless=each) for each in (True, False))
    with publisher(broker, lossless, [GATE]) as sender:
        sender.publish(note(GATE, 0), GATE)
        assert sender.flush(5)
    names = [queue.name for queue in lossless.declaration([GATE]).queues]
    assert depths(broker, names).keys() == set(names)
    erase(broker, lossless, [GATE])
    assert depths(broker, names) == {}
    with publisher(broker, live, [GATE]), worker(broker, live, [GATE]) as consumer:
        assert consumer.take(0.1) is None


def test_a_missing_plugin_is_named(broker: Broker, site: str) -> None:
    unknown = Exchange(site, "x-unheard-of")  # type: ignore[arg-type]  # that is the point
    with (
        pytest.raises(BrokerError, match="rabbitmq-plugins enable rabbitmq_consistent_hash"),
        Publisher(broker, unknown.name, Declaration((unknown,))),
    ):
        pass


def test_a_message_that_no_queue_takes_is_not_lost(broker: Broker, site: str) -> None:
    """A queue that somebody deleted is declared again, and the message sent again."""
    topology = Topology(site=site, lossless=True)
    name = topology.partition_queues([GATE])[0].name

    async def delete(wire: object) -> None:
        channel = await wire.channel()  # type: ignore[attr-defined]  # a Wire
        await channel.delete(name)
        await channel.close()

    with publisher(broker, topology, [GATE]) as sender:
        broker.ask(delete)
        sender.publish(note(GATE, 0), GATE)
        assert sender.flush(10)
        with worker(broker, topology, [GATE]) as consumer:
            assert taken(consumer, 1) == [(GATE, 0)]


def test_after_its_end_a_broker_is_asked_in_vain(node: Node, site: str) -> None:
    topology = Topology(site=site, lossless=True)
    with connected(node) as broker, publisher(broker, topology, [GATE]) as sender:
        broker.__exit__()
        with pytest.raises(BrokerClosed):
            sender.publish(note(GATE, 0), GATE)
        with pytest.raises(BrokerClosed):
            broker.ask(lambda wire: wire.channel())


def test_over_tls_both_sides_must_prove_who_they_are(
    node: Node, tls: Path, site: str, tmp_path: Path
) -> None:
    params = replace(params_of(node.url), port=node.tls_port)
    assert "its certificate is not trusted" in str(refusal(replace(params, tls=Tls())))
    server, key = tls / "server.pem", tls / "server.key"
    address = f"amqps://guest:guest@{HOST}:{node.tls_port}/?cafile={tls / 'ca.pem'}"
    certificate(tmp_path)  # of somebody whom the broker does not know
    for ours in ("", f"&certfile={tmp_path / 'server.pem'}&keyfile={tmp_path / 'server.key'}"):
        refused = str(refusal(params_of(address + ours)))
        assert "it may want a certificate of ours that it knows" in refused
    own = params_of(f"{address}&certfile={server}&keyfile={key}")
    topology = Topology(site=site, lossless=True)
    with (
        Broker(own, QUICK) as broker,
        publisher(broker, topology, [GATE]) as sender,
        worker(broker, topology, [GATE]) as consumer,
    ):
        sender.publish(note(GATE, 0), GATE)
        assert taken(consumer, 1) == [(GATE, 0)]


def test_a_queue_may_be_declared_twice(broker: Broker, site: str) -> None:
    queue = Queue(site, {"x-queue-type": "classic"})
    for _ in range(2):
        with Publisher(broker, "", Declaration(queues=(queue,))) as sender:
            sender.publish(note(GATE, 0), site)
            assert sender.flush(5)
