"""A site told to a real broker, through all that brokers do."""

import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
from tests.support.broker import Broker, Ear
from tests.support.handles import living_threads, open_handles
from tests.support.plain_station import PlainStation, stay
from tests.support.waiting import until

from camweave.app.runtime.teller import Teller
from camweave.core.backoff import Backoff
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.station import LiveTrack
from camweave.formats.tls import Tls, tls_context
from camweave.sinks.mqtt.connection import Connection
from camweave.sinks.mqtt.message import Message
from camweave.sinks.mqtt.params import BrokerParams, TellingParams

WEST, EAST = CameraId("west"), CameraId("east")
BASE = "camweave/corner"
SOON = 15.0  # s; a fraction of one on a machine that has time
QUICK = Backoff(first=0.05, quick=0.1, rare=0.3)


def site() -> PlainStation:
    station = PlainStation([WEST, EAST])
    station.members[7] = [stay(WEST, 1, 0.0)]
    station.present = [seen(WEST, 1, 7), seen(EAST, 4, None)]
    return station


def seen(camera: CameraId, track: int, whom: int | None) -> LiveTrack:
    return LiveTrack(
        key=TrackletKey(camera, track),
        global_id=whom,
        label="person",
        score=0.9,
        xyxy=(0.0, 0.0, 10.0, 20.0),
        time=0.0,
    )


def teller(
    station: PlainStation, broker: BrokerParams, *, queue: int = 1000, gate: Event | None = None
) -> Teller:
    """As a site has it; with a gate, it goes to the broker while that is open only."""
    tls = None if broker.tls is None else tls_context(broker.tls, "mqtt")

    def connect(will: Message) -> Connection:
        assert gate is None or gate.wait(SOON)
        return Connection(broker, will, tls)

    return Teller(
        station,
        connect=connect,
        telling=TellingParams(interval=0.1, queue=queue),
        version="1.2.3",
        backoff=QUICK,
    )


def params(broker: Broker, **more: Any) -> BrokerParams:
    return BrokerParams(host="127.0.0.1", port=broker.port, **more)


def login(broker: Broker, password: str) -> BrokerParams:
    return params(broker, user="camweave", password=password)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as made:
        yield made


def test_what_happens_is_told_once_and_in_order(broker: Broker) -> None:
    station = site()
    station.happen("entered", "#7 person entered west", 7)
    with Ear(broker.port) as ear, teller(station, params(broker)):
        until(lambda: len(ear.under(f"{BASE}/events")) == 1, within=SOON)
        station.happen("left", "#7 left west", 7)
        until(lambda: len(ear.under(f"{BASE}/events")) == 2, within=SOON)
    first, second = ear.under(f"{BASE}/events")
    assert (first["schema"], first["seq"], first["kind"]) == ("camweave.event/1", 1, "entered")
    assert (first["global_id"], first["text"]) == (7, "#7 person entered west")
    assert (second["seq"], second["kind"]) == (2, "left")


def test_who_comes_later_is_told_how_things_stand(broker: Broker) -> None:
    station = site()
    with teller(station, params(broker)):
        with Ear(broker.port) as first:
            until(lambda: first.newest(f"{BASE}/camera/east/state") is not None, within=SOON)
        up = "homeassistant/binary_sensor/camweave_corner/west_up/config"
        of_cameras = (f"camera/{each}" for each in ("west/state", "east/state", "east/counts"))
        kept = [up, *(f"{BASE}/{each}" for each in ("available", "counts", *of_cameras))]
        with Ear(broker.port) as ear:
            until(lambda: None not in map(ear.newest, kept), within=SOON)
        assert ear.newest(f"{BASE}/available") == "online"
        assert ear.newest(f"{BASE}/camera/west/state")["state"] == "live"
        counts = ear.newest(f"{BASE}/counts")
        assert (counts["now"], counts["seen"]) == ({"person": 1}, {"person": 1})
        assert ear.newest(f"{BASE}/camera/east/counts")["now"] == {"person": 1}
        assert ear.newest(f"{BASE}/camera/east/counts")["seen"] == {}
        assert ear.newest(up)["state_topic"] == f"{BASE}/camera/west/state"
        assert ear.under(f"{BASE}/events") == []


def test_a_broker_that_was_killed_is_told_all_that_holds_when_it_is_back(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    station, gate = site(), Event()
    gate.set()
    told = caplog.at_level(logging.INFO, "camweave")
    with told, teller(station, params(broker), gate=gate):
        with Ear(broker.port) as ear:
            until(lambda: ear.newest(f"{BASE}/counts") is not None, within=SOON)
        broker.kill()
        until(lambda: "the site goes on without it" in caplog.text, within=SOON)
        station.goes_down(EAST, "no frame for 3 s")
        station.present = []
        until(lambda: "nobody listens" in caplog.text, within=SOON)
        gate.clear()
        broker.start()
        with Ear(broker.port) as ear:
            gate.set()  # an event is for those who listen when it is told
            until(lambda: ear.newest(f"{BASE}/available") == "online", within=SOON)
            until(lambda: (ear.newest(f"{BASE}/counts") or {}).get("now") == {}, within=SOON)
            down = f"{BASE}/camera/east/state"
            until(lambda: ear.newest(down) is not None, within=SOON)
            until(lambda: len(ear.under(f"{BASE}/events")) == 1, within=SOON)
        assert ear.newest(down)["state"] == "reconnecting"
        assert ear.newest(down)["reason"] == "no frame for 3 s"
        assert ear.under(f"{BASE}/events")[0]["kind"] == "camera"
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == len(set(said)) + 1  # told, lost, nobody listens, told: none is repeated


def test_what_a_long_outage_cost_is_said_when_the_broker_is_back(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    station = site()
    with teller(station, params(broker), queue=5) as telling, caplog.at_level(logging.WARNING):
        with Ear(broker.port) as ear:
            until(lambda: ear.newest(f"{BASE}/camera/east/state") is not None, within=SOON)
        broker.kill()
        until(lambda: "without it" in caplog.text, within=SOON)
        for at in range(20):
            station.happen("entered", f"#{at}", at)
        until(lambda: telling.dropped == 15, within=SOON)
        broker.start()
        until(lambda: "15 events were dropped meanwhile" in caplog.text, within=SOON)


def test_a_site_that_cannot_be_asked_for_a_while_is_told_of_when_it_can(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    station = site()
    with Ear(broker.port) as ear, teller(station, params(broker)) as telling:
        until(lambda: ear.newest(f"{BASE}/camera/west/state") is not None, within=SOON)
        names, station.names = station.names, 0  # type: ignore[assignment]  # to ask is an error now
        until(lambda: "could not be asked" in caplog.text, within=SOON)
        station.names = names
        station.goes_down(EAST, "no frame for 3 s")
        until(lambda: len(ear.under(f"{BASE}/events")) == 1, within=SOON)
        assert telling.dropped == 0
    assert caplog.text.count("could not be asked") == 1


def test_the_end_of_a_site_is_told_after_all_that_happened(broker: Broker) -> None:
    station = site()
    with Ear(broker.port, f"{BASE}/#") as ear:
        with teller(station, params(broker)):
            until(lambda: ear.newest(f"{BASE}/available") == "online", within=SOON)
            for at in range(300):
                station.happen("entered", f"#{at}", at)
        until(lambda: ear.newest(f"{BASE}/available") == "offline", within=SOON)
        assert [each["seq"] for each in ear.under(f"{BASE}/events")] == list(range(1, 301))


def test_a_wrong_password_is_said_in_one_line_without_it_and_mended_by_nobody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Broker(tmp_path, user=("camweave", "right")) as broker:
        wrong, right = login(broker, "s3cret"), login(broker, "right")
        with caplog.at_level(logging.INFO, "camweave"), teller(site(), wrong) as telling:
            until(lambda: len(caplog.records) > 0, within=SOON)
            began = monotonic()
            until(lambda: monotonic() - began > 1.0, within=SOON)  # three more tries
            (record,) = caplog.records
            assert "does not let us in: not authorized" in record.getMessage()
            assert "s3cret" not in caplog.text + repr(wrong) + repr(telling)
        with teller(site(), right), Ear(broker.port, user=("camweave", "right")) as ear:
            until(lambda: ear.newest(f"{BASE}/available") == "online", within=SOON)


def test_a_broker_that_hangs_holds_nobody_and_what_waits_for_it_is_bounded(broker: Broker) -> None:
    station = site()
    ear = Ear(broker.port, f"{BASE}/#")
    with ear, teller(station, params(broker, silence=600), queue=50) as telling:
        until(lambda: ear.newest(f"{BASE}/camera/east/state") is not None, within=SOON)
        with broker.frozen():
            for at in range(2000):
                station.happen("entered", f"#{at}", at)
            until(lambda: telling.dropped > 0, within=SOON)
        until(lambda: (ear.newest(f"{BASE}/events") or {}).get("seq") == 2000, within=SOON)
        told = [each["seq"] for each in ear.under(f"{BASE}/events")]
        assert told == sorted(set(told))
        assert told[-50:] == list(range(1951, 2001))
        assert telling.dropped == 2000 - len(told)


def test_a_site_ends_soon_though_the_broker_hangs(broker: Broker) -> None:
    with Ear(broker.port) as ear, teller(site(), params(broker)) as telling:
        until(lambda: ear.newest(f"{BASE}/available") == "online", within=SOON)
        with broker.frozen():
            began = monotonic()
            telling.__exit__()
            assert monotonic() - began < 3.0


# paho-mqtt leaves the socket of a broker that is not trusted to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket")
def test_over_tls_the_broker_must_prove_who_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    signed(tmp_path)
    with Broker(tmp_path, tls=tmp_path) as broker, caplog.at_level(logging.INFO, "camweave"):
        trusted = Tls(authority=tmp_path / "server.pem")
        with teller(site(), params(broker, tls=trusted)):
            until(lambda: "is told" in caplog.text, within=SOON)
        with teller(site(), params(broker, tls=Tls())):
            until(lambda: "its certificate is not trusted" in caplog.text, within=SOON)
        with teller(site(), params(broker)):
            until(lambda: "who listens there hangs up" in caplog.text, within=SOON)


def signed(folder: Path) -> None:
    """A certificate of our own for 127.0.0.1."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl; on Debian: apt-get install openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "server.key", "-out", folder / "server.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def test_a_broker_that_comes_and_goes_costs_no_threads_and_no_handles(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "camweave"), settled(), teller(site(), params(broker)):
        for _ in range(5):
            until(told(caplog), within=SOON)
            broker.kill()
            until(lambda: "without it" in caplog.text, within=SOON)
            caplog.clear()
            broker.start()
        until(told(caplog), within=SOON)


def told(caplog: pytest.LogCaptureFixture) -> Callable[[], bool]:
    return lambda: "is told" in caplog.text


@contextmanager
def settled() -> Iterator[None]:
    """What is open before is all that is open after."""
    handles, threads = open_handles(), living_threads()
    yield
    until(lambda: open_handles() <= handles, within=SOON)
    until(lambda: living_threads() <= threads, within=SOON)
