"""A `Station` of plain values, which tests change by hand: for tests of pages alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from time import time

import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.condition import Condition
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.identities import Crop, Link, TrackletKey
from camweave.core.station import (
    CameraStatus,
    Card,
    Counts,
    Figure,
    Found,
    Happening,
    Journey,
    Kind,
    LiveTrack,
    Stats,
    Stay,
)
from camweave.core.wishes import Lock, Merge, Split, TakeBack, Wish

Members = dict[int, list[Stay]]


@dataclass
class PlainStation:
    names: Sequence[CameraId]
    site: str = "corner"
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    condition: dict[CameraId, Condition] = field(default_factory=dict)
    standing: dict[CameraId, str] = field(default_factory=dict)
    members: Members = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)
    said: list[tuple[Wish, Members]] = field(default_factory=list)
    present: list[LiveTrack] = field(default_factory=list)
    ground: tuple[tuple[float, float], ...] = ()  # that each camera sees

    def now(self) -> float:
        return time() - self.began.timestamp()

    def cameras(self) -> Sequence[CameraStatus]:
        return [
            CameraStatus(
                condition=self.condition.get(
                    name, Condition(camera=name, state="live", since=0.0, width=320, height=180)
                ),
                standing=self.standing.get(name, "in step"),
                skew=0.0,
                age=None if name in self.standing else 0.1,
                looked=1,
                looked_fps=8.0,
                tracks=2,
                ground=self.ground,
            )
            for name in self.names
        ]

    def tracks(self, camera: CameraId | None = None) -> Sequence[LiveTrack]:
        return [each for each in self.present if camera in {None, each.key.camera}]

    def identities(
        self, *, most: int = 100, camera: CameraId | None = None, label: str | None = None
    ) -> Sequence[Card]:
        cards = sorted((self.card(each) for each in self.members), key=lambda card: -card.last)
        return [
            card
            for card in cards
            if (camera is None or camera in card.cameras) and label in {None, card.label}
        ][:most]

    def card(self, who: int) -> Card:
        stays = self.members[who]
        cameras = tuple(dict.fromkeys(stay.key.camera for stay in stays))
        return Card(
            global_id=who,
            status="confirmed",
            label=stays[0].label,
            first=stays[0].begin,
            last=stays[-1].end,
            cameras=cameras,
            here=tuple(stay.key.camera for stay in stays if stay.growing),
            stays=len(stays),
            portraits=tuple(stay.key for stay in reversed(stays)),
        )

    def journey(self, global_id: int) -> Journey:
        stays = self.members[global_id]
        links = tuple(link(one, other) for one, other in pairwise(stays))
        return Journey(card=self.card(global_id), stays=tuple(stays), links=links)

    def portrait(self, key: TrackletKey, time: float | None = None) -> bytes | None:  # noqa: ARG002 - it has one of each
        shade = np.full((96, 48, 3), 40 + 20 * (key.tracklet_id % 10), np.uint8)
        return bytes(cv2.imencode(".jpg", shade)[1].tobytes())

    def say(self, wish: Wish, *, who: str = "") -> int:  # noqa: ARG002 - as a Station has it
        before = {each: list(stays) for each, stays in self.members.items()}
        match wish:
            case Merge():
                one, other = sorted((wish.one, wish.other))
                if other not in self.members:
                    raise InputError(f"identity {other} was never given out")
                self.members[one] += self.members.pop(other)
                self.happen("merged", f"#{other} is #{one}", one)
            case Split():
                kept = [s for s in self.members[wish.identity] if s.key not in wish.tracklets]
                gone = [s for s in self.members[wish.identity] if s.key in wish.tracklets]
                new = max(self.members) + 1
                self.members |= {wish.identity: kept, new: gone}
                self.happen("split", f"#{new} is not #{wish.identity}", wish.identity)
            case TakeBack():
                if not self.said:
                    raise InputError("no correction stands")
                self.members = self.said.pop()[1]
                self.happen("undone", "somebody took a correction back")
            case Lock():
                self.happen("corrected", "somebody said: lock")
        if not isinstance(wish, TakeBack):
            self.said.append((wish, before))
        return len(self.said)

    def search(self, image: U8, *, most: int = 10) -> Sequence[Found]:
        if float(np.mean(image)) < 20:
            raise InputError("search: this site embeds nothing; give it an embedder")
        return [
            Found(card=card, similarity=0.9 - 0.1 * at, key=card.portraits[0])
            for at, card in enumerate(self.identities(most=most))
        ][:1]

    def stats(self) -> Stats:
        return Stats(site=self.site, began=self.began, now=self.now(), site_file=None, figures=())

    def happen(
        self, kind: Kind, text: str, who: int | None = None, *, correction: int | None = None
    ) -> None:
        made = Happening(
            seq=len(self.told) + 1,
            time=self.now(),
            kind=kind,
            text=text,
            global_id=who,
            correction=correction,
        )
        self.told.append(made)

    def happenings(self, after: int = 0) -> Sequence[Happening]:
        return self.told[after:]

    def counts(self) -> Counts:
        cards = self.identities(most=1000)
        labels = tuple(sorted({card.label for card in cards}))
        ways = [
            (one.key.camera, other.key.camera)
            for stays in self.members.values()
            for one, other in pairwise(stays)
        ]
        return Counts(
            labels=labels,
            cameras=tuple(self.names),
            in_all=tuple(sum(card.label == label for card in cards) for label in labels),
            in_camera=tuple(
                tuple(
                    sum(c.label == label and name in c.cameras for c in cards) for label in labels
                )
                for name in self.names
            ),
            journeys=tuple(
                tuple(ways.count((one, other)) for other in self.names) for one in self.names
            ),
        )

    def figures(self) -> Sequence[Figure]:
        return []

    def trouble(self) -> str | None:
        return None

    def goes_down(self, name: CameraId, reason: str) -> None:
        self.standing[name] = "down"
        self.condition[name] = Condition(
            camera=name, state="reconnecting", reason=reason, since=self.now()
        )
        self.happen("camera", f"{name} is reconnecting: {reason}")


def stay(camera: CameraId, tracklet_id: int, begin: float, *, label: str = "person") -> Stay:
    return Stay(
        key=TrackletKey(camera, tracklet_id),
        begin=begin,
        end=begin + 4.0,
        growing=False,
        label=label,
        portrait=True,
    )


def still_there(one: Stay) -> Stay:
    return replace(one, growing=True)


def link(one: Stay, other: Stay) -> Link:
    return Link(
        one=one.key,
        other=other.key,
        how="follows",
        evidence=5.3,
        appearance=6.7,
        transition=-1.4,
        similarity=0.651,
        gap=other.begin - one.end,
        edge=f"{one.key.camera} -> {other.key.camera}",
        window=(2.0, 12.0),
        runner_up=TrackletKey(one.key.camera, 99),
        margin=3.2,
        crops=(
            Crop(key=one.key, frame=3, time=one.begin),
            Crop(key=other.key, frame=4, time=other.begin),
        ),
    )
