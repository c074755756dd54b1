"""The test camera itself: it shows a film to whoever connects, and fails as it is told."""

import asyncio
import base64
import socket
import ssl
import time
from random import Random

from tests.support.loop_server import HOST, LoopServer
from tests.support.rtsp.faults import Faults
from tests.support.rtsp.film import Film
from tests.support.rtsp.replies import Reply, Request, description, next_request
from tests.support.rtsp.rtp import CLOCK
from tests.support.rtsp.session import Session

REPORT_EVERY = 0.5  # s; cameras take 5


class RtspServer(LoopServer):
    """An RTSP camera on loopback.

    One film runs for all clients, in real time, as with a camera: a client sees what is shown now,
    from the next key picture on.
    """

    def __init__(
        self, film: Film, *, port: int = 0, seed: int = 7, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(port=port, tls=tls)
        self.faults = Faults()
        self.shown = 0  # pictures
        self.film = film
        self._chance = Random(seed)  # noqa: S311 - repeatable faults, no secrets
        self._sessions: set[Session] = set()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{'rtsp' if self._tls is None else 'rtsps'}://{HOST}:{self.port}/live"

    def freeze(self) -> None:
        """Send nothing more; keep connections open."""
        self.faults.frozen = True

    def thaw(self) -> None:
        """Send again, and move again."""
        self.faults.frozen = self.faults.still = False

    def hold_still(self) -> None:
        """Send one picture over and over."""
        self.faults.still = True

    def corrupt(self, share: float) -> None:
        """Flip bits in this share of the packets."""
        self.faults.corrupt = share

    def drop(self, share: float) -> None:
        """Lose this share of the packets."""
        self.faults.drop = share

    def rate(self, fps: float | None, *, nominal_stamps: bool = False) -> None:
        """Send so many pictures a second, whatever the film declares."""
        self.faults.rate, self.faults.nominal_stamps = fps, nominal_stamps

    def answer(self, status: int, location: str = "") -> None:
        """Answer DESCRIBE with this status; 200 is well again."""
        self.faults.status, self.faults.location = status, location

    def hang(self) -> None:
        """Take connections and answer nothing."""
        self.faults.hanging = True

    def heal(self) -> None:
        """Answer again, and be without a fault."""
        self.faults.hanging = False
        self.answer(200)
        self.thaw()
        self.corrupt(0)
        self.drop(0)
        self.rate(None)
        self.accept()

    def switch(self, film: Film, *, at: int = 0) -> None:
        """Show another film, from the picture `at` on, on the same connections."""
        self._do(self._switch(film, at))

    async def work(self) -> None:
        """Show picture after picture in real time, with reports in between."""
        stamp, due, reported = self._chance.getrandbits(31), self._loop.time(), 0.0
        while True:
            film, faults = self.film, self.faults
            rate = faults.rate or film.fps
            if not faults.frozen:
                self._show(stamp)
                if faults.reports and self._loop.time() - reported >= REPORT_EVERY:
                    reported = self._loop.time()
                    self._report(stamp)
            self.shown += 1
            stamp += round(CLOCK / (film.fps if faults.nominal_stamps else rate))
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - self._loop.time()))

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests; pictures are sent beside them once it plays."""
        session = Session(writer, self._chance, self.faults)
        self._sessions.add(session)
        try:
            while True:
                request = await next_request(reader)
                while self.faults.hanging and not reader.at_eof():  # noqa: ASYNC110 - set by others
                    await asyncio.sleep(0.02)
                writer.write(self._answer(session, request).written(request))
                await writer.drain()
                if request.method == "TEARDOWN":
                    return
                session.playing |= request.method == "PLAY"
        finally:
            self._sessions.discard(session)
            session.close()

    async def _switch(self, film: Film, at: int) -> None:
        self.film, self.shown = film, at
        for session in self._sessions:
            session.begun = False

    def _show(self, stamp: int) -> None:
        units = self.film.units
        unit = units[0 if self.faults.still else self.shown % len(units)]
        for session in list(self._sessions):
            session.show(unit, stamp)

    def _report(self, stamp: int) -> None:
        for session in self._sessions:
            session.report(time.time() + self.faults.clock_offset, stamp)

    def _answer(self, session: Session, request: Request) -> Reply:
        match request.method:
            case "OPTIONS":
                return Reply(fields={"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"})
            case "DESCRIBE" if (status := self._status_for(request)) != 200:
                return refusal(status, self.faults.location)
            case "DESCRIBE":
                fields = {"Content-Base": f"{request.url}/", "Content-Type": "application/sdp"}
                return Reply(fields=fields, body=description(self.film))
            case "SETUP":
                return set_up(session, request)
            case _:
                return Reply(fields={"Session": "1"})

    def _status_for(self, request: Request) -> int:
        login = base64.b64encode(self.faults.login.encode()).decode()
        known = request.fields.get("authorization") == f"Basic {login}"
        return 401 if self.faults.login and not known else self.faults.status


def refusal(status: int, location: str) -> Reply:
    """The answer of a camera that does not want us."""
    if status == 401:
        return Reply(401, {"WWW-Authenticate": 'Basic realm="camera"'})
    return Reply(status, {"Location": location} if location else {})


def set_up(session: Session, request: Request) -> Reply:
    """Agree on how packets travel."""
    transport = request.fields.get("transport", "")
    if "TCP" in transport:
        return Reply(fields={"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", "Session": "1"})
    ports = next(part for part in transport.split(";") if part.startswith("client_port="))
    rtp, rtcp = ports.removeprefix("client_port=").split("-")
    session.udp = (connected(int(rtp)), connected(int(rtcp)))
    ours = "-".join(str(each.getsockname()[1]) for each in session.udp)
    answer = f"RTP/AVP;unicast;{ports};server_port={ours}"
    return Reply(fields={"Transport": answer, "Session": "1"})


def connected(port: int) -> socket.socket:
    """A UDP socket that sends to a port of this machine."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.connect((HOST, port))
    made.setblocking(False)
    return made
