"""Addresses of brokers, and what is said of those that do not work."""

import socket
import ssl
from pathlib import Path

import pytest

from camweave.broker.params import BrokerParams, params_of
from camweave.broker.reasons import reason
from camweave.core.errors import InputError
from camweave.formats.tls import Tls


def test_an_address_says_where_and_who() -> None:
    p = params_of("amqp://us%40er:p%3Ass@rabbit:5673/my%2Fhost")
    assert (p.host, p.port, p.user, p.password, p.vhost) == (
        "rabbit",
        5673,
        "us@er",
        "p:ss",
        "my/host",
    )
    assert p.tls is None


def test_what_is_not_said_is_as_rabbitmq_has_it() -> None:
    assert params_of("amqp://localhost") == BrokerParams(host="localhost")


def test_an_address_may_name_certificates() -> None:
    p = params_of("amqps://h/?cafile=ca.pem&certfile=me.pem&keyfile=me.key")
    assert p.port == 5671
    assert p.tls == Tls(authority=Path("ca.pem"), certificate=Path("me.pem"), key=Path("me.key"))


@pytest.mark.parametrize(
    "url",
    [
        "redis://u:s3cret@h",
        "amqp://:s3cret@",
        "amqp://u:s3cret@h:port",
        "amqp://u:s3cret@h/?cafile=x",
        "amqps://u:s3cret@h/?verify=no",
        "u:s3cret@h",
        "",
    ],
)
def test_no_address_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(InputError) as refused:
        params_of(url)
    assert "s3cret" not in str(refused.value)


def test_a_password_is_not_shown() -> None:
    assert "s3cret" not in repr(params_of("amqp://u:s3cret@h"))


def test_reasons_are_a_few_words() -> None:
    hidden = ConnectionError("the library's words")
    hidden.__cause__ = ConnectionRefusedError(111, "Connection refused")
    assert reason(hidden, "me") == ("nobody listens there", False)
    assert reason(socket.gaierror(-2, "unknown"), "me")[0] == "no machine is known by that name"
    assert reason(ssl.SSLError("wrong version"), "me")[0] == "it does not speak TLS, or not ours"
    assert reason(OSError(113, "No route to host"), "me") == ("no route to host", False)
    told, denied = reason(Exception("COMMAND_INVALID - unknown exchange type 'x-...'"), "me")
    assert denied
    assert "rabbitmq-plugins enable rabbitmq_consistent_hash_exchange" in told
