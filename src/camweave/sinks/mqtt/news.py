"""What is new at a site, as MQTT messages."""

from collections.abc import Iterator
from typing import TypeAlias

from camweave.core.condition import Condition
from camweave.core.frame import CameraId
from camweave.core.station import Station
from camweave.sinks.mqtt import payloads
from camweave.sinks.mqtt.discovery import Discovery
from camweave.sinks.mqtt.message import Message, as_json
from camweave.sinks.mqtt.params import TellingParams
from camweave.sinks.mqtt.topics import Topics

Numbers: TypeAlias = tuple[dict[str, int], dict[str, int]]
"""By class: objects now, and different objects since the start."""


class News:
    """Asks a site what has changed, and makes messages of it. One caller at a time.

    The site is asked as the web asks it: nobody waits for it, and it waits for nobody.
    """

    def __init__(self, station: Station, params: TellingParams, version: str) -> None:
        """`version` is camweave's."""
        self.missed = 0  # events that the site kept no longer when they were asked for
        self._station, self._params = station, params
        self._topics = Topics(params.topic, station.site)
        self._discovery = (
            None if params.discovery is None else Discovery(params.discovery, self._topics, version)
        )
        self._seq = 0
        self._counted = float("-inf")  # s, when those who are there were last counted
        self._asked = float("-inf")  # s, when all who were seen were: that costs the site more
        self._counts = station.counts()
        self._states: dict[CameraId, tuple[str, str, float]] = {}
        self._numbers: dict[CameraId | None, Numbers] = {}  # None: of all cameras together
        self._described: dict[str, CameraId | None] = {}  # topic of each description: its camera

    @property
    def topics(self) -> Topics:
        """The topics of the site."""
        return self._topics

    def messages(self, now: float) -> Iterator[Message]:
        """Messages for all that is new at `now`, s on any clock; descriptions come first."""
        conditions = {each.condition.camera: each.condition for each in self._station.cameras()}
        yield from self._gone(set(conditions))
        if now - self._asked >= self._params.thorough:
            self._asked, self._counts = now, self._station.counts()
        if now - self._counted >= self._params.interval:
            self._counted = now
            yield from self._count(list(conditions))
        yield from self._turned(conditions)
        yield from self._happened()

    def _happened(self) -> Iterator[Message]:
        """One message per event, in order."""
        for each in self._station.happenings(self._seq):
            self.missed += each.seq - self._seq - 1
            self._seq = each.seq
            told = payloads.event(each, self._station.site, self._station.began)
            yield as_json(self._topics.events, told)

    def _turned(self, conditions: dict[CameraId, Condition]) -> Iterator[Message]:
        """One message per camera whose state has changed."""
        for camera, each in conditions.items():
            state = (each.state, each.reason, each.since)
            if self._states.get(camera) != state:
                self._states[camera] = state
                told = payloads.state(each, self._station.began)
                yield as_json(self._topics.state_of(camera), told, retain=True)

    def _count(self, cameras: list[CameraId]) -> Iterator[Message]:
        """Messages for counts that changed, of the site and of each camera."""
        tracks, counts = self._station.tracks(), self._counts
        found: dict[CameraId | None, Numbers] = {
            None: (payloads.identities_in_view(tracks), payloads.seen_in(counts))
        }
        for camera in cameras:
            here = [track for track in tracks if track.key.camera == camera]
            found[camera] = payloads.in_view(here), payloads.seen_in(counts, camera)
        for of, numbers in found.items():
            yield from self._describe(of, sorted(set().union(*numbers)))
            if self._numbers.get(of) != numbers:
                self._numbers[of] = numbers
                told = payloads.counts(*numbers, self._station.began, self._station.now())
                yield as_json(self._topic_of(of), told, retain=True)

    def _topic_of(self, of: CameraId | None) -> str:
        return self._topics.counts if of is None else self._topics.counts_of(of)

    def _describe(self, of: CameraId | None, labels: list[str]) -> Iterator[Message]:
        """Discovery messages for entities that were not described yet."""
        for each in self._descriptions(of, labels):
            if each.topic not in self._described:
                self._described[each.topic] = of
                yield each

    def _descriptions(self, of: CameraId | None, labels: list[str]) -> Iterator[Message]:
        if self._discovery is None:
            return
        yield from self._discovery.site() if of is None else self._discovery.camera(of)
        for label in labels:
            yield from (
                self._discovery.site_counts(label)
                if of is None
                else self._discovery.camera_counts(of, label)
            )

    def _gone(self, here: set[CameraId]) -> Iterator[Message]:
        """Messages that remove cameras which have left the site."""
        for camera in [each for each in self._states if each not in here]:
            del self._states[camera]
            self._numbers.pop(camera, None)
            described = [topic for topic, of in self._described.items() if of == camera]
            for topic in described:
                del self._described[topic]
            own = (self._topics.state_of(camera), self._topics.counts_of(camera))
            yield from (Message(topic, b"", retain=True) for topic in (*described, *own))
