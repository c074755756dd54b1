"""What a site talks to besides its cameras: its store and its brokers, each looked at once.

Nothing is changed there.
"""

import os
from typing import Final

from camweave.app.build.mqtt import broker_params
from camweave.app.jobs.roles.reaching import broker_at
from camweave.app.site.sections import Mqtt
from camweave.core.errors import JobError
from camweave.formats.tls import tls_context
from camweave.sinks.mqtt.connection import Connection, require_client
from camweave.sinks.mqtt.message import Message
from camweave.store.address import address_of
from camweave.store.store import looked_at

STORE: Final = "CAMWEAVE_STORE"  # stands above what a site file names


def store_text(url: str) -> str:
    """What a store is, and whether this camweave can use it.

    Raises:
        CamweaveError: it cannot be reached, is no store, or of another camweave.
    """
    address = address_of(url)
    if address.kind == "sqlite" and not address.file.exists():
        folder = next(each for each in address.file.absolute().parents if each.exists())
        if not os.access(folder, os.W_OK):
            raise JobError(f"store {address}: not there, and {folder} cannot be written")
        return f"not there yet, is made when it is needed: {address}"
    info = looked_at(url)
    if info is None:
        return f"empty, its tables are made when they are needed: {address}"
    if address.kind == "sqlite" and not os.access(address.file, os.W_OK):
        raise JobError(f"store {address}: it can only be read; change its permissions")
    return f"{info.engine}, schema {info.schema}: {address}"


def mqtt_text(mqtt: Mqtt) -> str:
    """That an MQTT broker lets us in.

    Raises:
        CamweaveError: it does not.
    """
    require_client()
    params = broker_params(mqtt)
    tls = None if params.tls is None else tls_context(params.tls, "mqtt")
    nobody_hears = Message(f"{mqtt.topic}/check", b"")  # a will that is never told
    with Connection(params, nobody_hears, tls) as connection:
        return f"lets us in: {connection.where}"


def broker_text(url: str | None = None) -> str:
    """That RabbitMQ lets us in, at an address or at the one in CAMWEAVE_BROKER.

    Raises:
        CamweaveError: it does not.
    """
    with broker_at(url, patience=0.0) as broker:
        return f"lets us in: {broker.params.where}"
