"""Makes the MQTT publisher that a site file's `mqtt` section asks for."""

from collections.abc import Callable
from functools import partial

import camweave
from camweave.app.runtime.teller import Teller
from camweave.app.site.sections import Mqtt
from camweave.core.station import Station
from camweave.formats.tls import Tls, tls_context
from camweave.sinks.mqtt.connection import Connection, require_client
from camweave.sinks.mqtt.params import BrokerParams, TellingParams

PORT, TLS_PORT = 1883, 8883  # as IANA has them


def make_teller(mqtt: Mqtt) -> Callable[[Station], Teller]:
    """A function that makes the MQTT publisher of a station, which publishes once it is opened.

    Raises:
        InputError: a certificate or key cannot be used.
        MissingExtra: what talks to brokers is not installed.
    """
    require_client()
    broker = broker_params(mqtt)
    tls = None if broker.tls is None else tls_context(broker.tls, "mqtt")
    return partial(
        Teller,
        connect=partial(Connection, broker, tls=tls),
        telling=telling_params(mqtt),
        version=camweave.__version__,
    )


def broker_params(mqtt: Mqtt) -> BrokerParams:
    """The broker's address and our credentials."""
    usual = TLS_PORT if mqtt.tls else PORT
    return BrokerParams(
        host=mqtt.host,
        port=usual if mqtt.port is None else mqtt.port,
        user=mqtt.user,
        password=None if mqtt.password is None else mqtt.password.get_secret_value(),
        tls=Tls(authority=mqtt.authority, certificate=mqtt.certificate, key=mqtt.key)
        if mqtt.tls
        else None,
    )


def telling_params(mqtt: Mqtt) -> TellingParams:
    """What is published, and how often."""
    return TellingParams(
        topic=mqtt.topic,
        discovery=mqtt.discovery,
        qos=mqtt.qos,
        interval=mqtt.interval,
        queue=mqtt.queue,
    )
