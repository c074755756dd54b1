"""A whole site at work in a test: RTSP cameras, the live line over them, its server, a witness."""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from tests.support.rtsp.film import Film
from tests.support.rtsp.server import RtspServer
from tests.support.rtsp.walkers import COATS, street, who_wears
from tests.support.waiting import until

from camweave.app.cli.threads import take_short_turns
from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.jobs.roles.serve_where import serve_section
from camweave.app.runtime.reader import ReaderParams
from camweave.app.site.load import read_site
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey

GATE, YARD, ROAD = CameraId("gate"), CameraId("yard"), CameraId("road")
NAMES: Final = (GATE, YARD, ROAD)
SITE: Final = """
site: street
cameras:
CAMERAS
detector: {kind: motion, warm_up: 0.3}
embedder: {kind: histogram, bands: 1}
linker:
  interval: 0.25
  learn: off
  transitions: {gate -> yard: [0, 2], yard -> road: [0, 2], road -> gate: [0, 2]WAYS}
live: {fps: 10, stall_after: 1.5}
"""
CAMERA: Final = "  - {name: NAME, source: 'URL', stream: {open_timeout: 1, read_timeout: 2}MORE}\n"
OUT_OF_STEP: Final = 2  # pictures
FILMS: dict[int, Film] = {}  # by place: coded once for all tests of a process


@dataclass
class Witness:
    """Hears the line, and notes what each track wears."""

    coats: dict[TrackletKey, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    reach: dict[CameraId, float] = field(default_factory=dict)  # px: how far right a box was

    def hear(self, sight: Sight) -> None:
        """One picture."""
        image, tracks = sight.look.frame.image, sight.look.tracks
        camera = tracks.stamp.camera
        for track_id, (x1, y1, x2, y2) in zip(
            tracks.track_id.tolist(), tracks.xyxy.tolist(), strict=True
        ):
            self.reach[camera] = max(self.reach.get(camera, 0.0), x2)
            row, column = int(0.75 * y1 + 0.25 * y2), int((x1 + x2) / 2)
            if 0 <= row < image.shape[0] and 0 <= column < image.shape[1]:
                self.coats[TrackletKey(camera, track_id)][who_wears(image[row, column])] += 1


@dataclass(frozen=True)
class Met:
    """One stay of somebody in a camera, as the site tells it."""

    walker: int  # who it is in truth
    global_id: int
    key: TrackletKey
    begin: float  # s on the site's clock


@dataclass(frozen=True)
class Stage:
    """What is at work."""

    cameras: Mapping[CameraId, RtspServer]
    station: LiveStation
    url: str
    witness: Witness

    def ask(self, path: str) -> Any:
        """What the site's server answers."""
        with urlopen(self.url + path, timeout=20) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def status(self, camera: CameraId) -> dict[str, Any]:
        """How a camera fares, as the API tells it."""
        told: list[dict[str, Any]] = self.ask("/api/cameras")
        return next(each for each in told if each["condition"]["camera"] == camera)

    def state(self, camera: CameraId) -> str:
        """The one word of it."""
        return str(self.status(camera)["condition"]["state"])

    def all_live(self) -> bool:
        """Whether every camera delivers."""
        return all(self.state(camera) == "live" for camera in NAMES)

    def known(self) -> frozenset[tuple[int, int]]:
        """Every walker with each identity that it goes by now."""
        return frozenset((met.walker, met.global_id) for met in self.everybody())

    def met_again(
        self, camera: CameraId, known: frozenset[tuple[int, int]], after: float
    ) -> set[int]:
        """Walkers who came into a camera after `after` s, by an identity that was `known`."""
        return {
            met.walker
            for met in self.everybody()
            if met.begin > after
            and met.key.camera == camera
            and (met.walker, met.global_id) in known
        }

    @property
    def turned(self) -> int:
        """How far the films have come, in pictures of a camera without a fault."""
        return max(camera.shown for camera in self.cameras.values())

    def heal(self) -> None:
        """Let every camera be without a fault, and show what it showed at first, in step."""
        for place, camera in enumerate(self.cameras.values()):
            camera.heal()
            declared = camera.film.fps
            if camera.film is not FILMS[place] or camera.shown < self.turned - OUT_OF_STEP:
                camera.switch(FILMS[place], at=self.turned)
            if declared != FILMS[place].fps:
                camera.kick()  # what it declares is told at the door

    def everybody(self) -> list[Met]:
        """All stays of all identities."""
        return [
            Met(self.witness.coats[key].most_common(1)[0][0], card.global_id, key, stay.begin)
            for card in self.station.identities(most=1000)
            for stay in self.station.journey(card.global_id).stays
            if self.witness.coats.get(key := stay.key)
        ]

    def told(self) -> str:
        """All stays as the site tells them, in order of time, for a reader of a failed test."""
        return "\n".join(
            f"{met.begin:8.2f} s {met.key}: walker {met.walker}, identity {met.global_id}"
            for met in sorted(self.everybody(), key=lambda met: met.begin)
        )


@contextmanager
def staged(
    folder: Path, *, more: str = "", ways: str = "", watching: ReaderParams | None = None
) -> Iterator[Stage]:
    """Three cameras and the site over them, once every walker has an identity in two cameras.

    `more` is added to the first camera in the site file, `ways` to the transitions.
    """
    with ExitStack() as ends:
        for place in range(len(NAMES)):
            FILMS.setdefault(place, street(place))
        cameras = {
            name: ends.enter_context(RtspServer(FILMS[place])) for place, name in enumerate(NAMES)
        }
        file = folder / "site.yaml"
        file.write_text(site_text(cameras, more).replace("WAYS", ways))
        witness = Witness()
        ends.callback(sys.setswitchinterval, sys.getswitchinterval())
        take_short_turns()  # as `camweave live` does
        site = read_site(file)
        station = ends.enter_context(live_site(site, heard=witness.hear, watching=watching))
        server = ends.enter_context(served(station, serve_section(site.serve, port=0)))
        stage = Stage(cameras, station, server.url, witness)
        until(stage.all_live, within=30)
        for camera in cameras.values():
            camera.kick()  # what a first loss takes of memory is taken before anybody measures
        until(lambda: well_known(stage) and stage.all_live(), within=60)
        yield stage


def site_text(cameras: Mapping[CameraId, RtspServer], more: str = "") -> str:
    """The site file, but for its ways."""
    rows = [
        CAMERA.replace("NAME", name)
        .replace("URL", camera.url)
        .replace("MORE", more if name == GATE else "")
        for name, camera in cameras.items()
    ]
    return SITE.replace("CAMERAS\n", "".join(rows))


def well_known(stage: Stage) -> bool:
    """Whether each walker has been met in two cameras, as the same."""
    stays = Counter((met.walker, met.global_id) for met in stage.everybody())
    seen_twice = {walker for (walker, _), count in stays.items() if count > 1}
    return len(seen_twice) == len(COATS)
