"""A worker as a process of its own, to be killed: writes down what it takes, a line a message.

    python -m tests.support.broker_worker URL SITE FILE CAMERA...

A message whose body is `poison` kills it, as a library that crashes does; `slow` takes long.
"""

import os
import sys
import time
from pathlib import Path

from tests.support.broker_parts import QUICK, place, worker

from camweave.broker.broker import Broker
from camweave.broker.params import params_of
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId


def main(url: str, site: str, file: str, *names: str) -> None:
    """Work until killed."""
    topology, cameras = Topology(site=site, lossless=True), [CameraId(name) for name in names]
    with (
        Path(file).open("a", buffering=1) as book,
        Broker(params_of(url), QUICK) as broker,
        worker(broker, topology, cameras) as consumer,
    ):
        book.write("ready\n")
        for delivery in consumer:
            if delivery.body == b"poison":
                os._exit(1)
            camera, frame = place(delivery)
            book.write(f"{camera} {frame}\n")
            time.sleep(5.0 if delivery.body == b"slow" else 0.002)
            delivery.ack()


if __name__ == "__main__":
    main(*sys.argv[1:])
