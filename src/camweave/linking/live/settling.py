"""Decides pending tracklets: link to an identity, begin a new one, or wait for more."""

from typing import Literal, TypeAlias

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.events import Created, Event
from camweave.core.identities import Crop, Link
from camweave.core.tracks import GlobalId
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.constraining import allowed, ordered
from camweave.linking.live.deciding import choose
from camweave.linking.live.evidence import Comers, Pairs, pairs_of, table
from camweave.linking.live.following import follow
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.grounding import apart_on_ground
from camweave.linking.live.params import LiveParams
from camweave.linking.live.weighing import Weighing
from camweave.linking.params import LinkParams
from camweave.linking.registry.registry import Registry
from camweave.ops.assignment import ALONE

How: TypeAlias = Literal["fragment", "follows", "overlap"]
COLD = 4.0  # nats more that it takes to link while nothing is learned of the site
EARLY = 0.5  # of the time that is watched, from which on somebody is surely new
ROUNDS = 4  # of deciding at one instant: who was just made can be met by others in view


class Settling:
    """Decides on pending tracklets, all at once; tells the registry, and lets the gallery follow.

    The sooner a tracklet is settled, the more must speak for it: `sure` nats of margin at first
    sight, `margin` after `tentative` s. Who is still in doubt then becomes somebody new.
    """

    def __init__(  # noqa: PLR0917 - all that it rests on
        self,
        gallery: Gallery,
        registry: Registry,
        weighing: Weighing,
        params: LinkParams,
        live: LiveParams,
    ) -> None:
        self.gallery, self.registry, self.params, self.live = gallery, registry, params, live
        self.weighing = weighing
        self._changed: set[int] = set()  # identities that are others since they were asked about

    def settle(self, known: Calibration, time: float) -> list[Event]:
        """Decide what is pending at `time` s; returns the events."""
        events: list[Event] = []
        asked: Pairs | None = None
        for _ in range(ROUNDS):
            made, asked = self._round(known, time, asked)
            events += made
            if not made or not self._overlap(known):
                break
        return events

    def _round(
        self, known: Calibration, time: float, before: Pairs | None
    ) -> tuple[list[Event], Pairs | None]:
        """What was decided, and what was asked: of that the next round asks what has changed."""
        said = self.registry.constraints
        events: list[Event] = []
        for row, identity in ordered(self.gallery, self._pending(), said):
            events += self._link(row, identity, time, None)
        rows = self._pending()
        if not len(rows):
            return events, before
        asked = self._asked(rows, known, before)
        pairs = asked[np.flatnonzero(allowed(self.gallery, asked, said))]
        if known.places is not None and before is None:
            self.weighing.note(self.gallery, pairs, rows)
        pairs = self.weighing.weights.weigh(pairs)
        side = self._sides(rows, known)
        gain, number = table(pairs, rows, side)
        choice, margin = choose(gain)
        watched = self._watched(rows, time)
        sure = margin >= self.live.sure + (self.live.margin - self.live.sure) * watched
        if known.places is None:
            sure &= margin >= self.live.margin + COLD
        sure &= (watched >= 1) | self._looked_at(rows)
        linked = np.flatnonzero(sure & (choice != ALONE))
        for row in linked.tolist():
            pair = int(number[row, choice[row]])
            link = self._why(pairs, pair, gain[row], number[row], float(margin[row]))
            events += self._link(int(rows[row]), int(pairs.identity[pair]), time, link)
        early = sure & (choice == ALONE) & (watched >= EARLY)
        new = self._seen_enough(rows) & ((watched >= 1) | early)
        if len(linked) and self._overlap(known):
            return events, asked  # whoever was there too is asked again before anybody is new
        return events + self._make(rows[new], known, time), asked

    def _asked(self, rows: I64, known: Calibration, before: Pairs | None) -> Pairs:
        """What speaks for whom of `rows` (P,); what was asked before holds for who is as he was."""
        g, comers = self.gallery, Comers.of(self.gallery, rows)
        changed = np.array(sorted(self._changed), np.int64)
        self._changed.clear()
        if before is None:
            return pairs_of(g, comers, g.held, known)
        same = np.isin(before.tracklet, rows) & ~np.isin(before.identity, changed)
        fresh = pairs_of(g, comers, changed, known)
        fresh = fresh[np.flatnonzero(np.isin(fresh.identity, changed))]
        return before[np.flatnonzero(same)].and_also(fresh)

    def _overlap(self, known: Calibration) -> bool:
        """Whether views of several cameras may overlap."""
        return bool(self.gallery.places) or known.abreast is not None

    def _sides(self, rows: I64, known: Calibration) -> I64:
        """(P,) 1 + camera for tracklets whose view may overlap with others, else 0."""
        camera = self.gallery.tracklets["camera"][rows]
        seen = np.array([slot in self.gallery.places for slot in rows.tolist()], np.bool_)
        if known.abreast is not None:
            seen |= known.abreast.together[camera].any(axis=1)
        return np.where(seen, camera + 1, 0)

    def _pending(self) -> I64:
        """Slots of tracklets without an identity, in order of begin."""
        rows = self.gallery.pending
        held = self.gallery.tracklets[rows]
        return rows[np.lexsort((held["tracklet_id"], held["camera"], held["begin"]))]

    def _looked_at(self, rows: I64) -> Bool:
        """(P,) of whom it is known what it looks like; all, where that is known of nobody."""
        known: Bool = self.gallery.tracklets["trust"][rows] > 0
        return known | (not self.gallery.look.shape[1])

    def _watched(self, rows: I64, time: float) -> F64:
        """(P,) how long each was watched, as a share of as long as may be.

        Who was not looked at yet is watched for twice as long.
        """
        held = self.gallery.tracklets[rows]
        long = np.where(self._looked_at(rows), 1.0, 2.0) * max(self.live.tentative, 1e-9)
        return np.where(held["live"], np.clip((time - held["begin"]) / long, 0, 1), 1.0)

    def _seen_enough(self, rows: I64) -> Bool:
        """(P,) whether a tracklet has enough frames to begin an identity."""
        enough: Bool = self.gallery.tracklets["frames"][rows] >= self.params.min_frames
        return enough

    def _make(self, rows: I64, known: Calibration, time: float) -> list[Event]:
        """Begin identities; of tracklets that may be one object only for the first."""
        events: list[Event] = []
        made: list[int] = []
        for row in rows.tolist():
            settled = self.gallery.tracklets["identity"][row] != NOBODY
            if not settled and not any(self._may_be_one(row, other, known) for other in made):
                events += self._mint(row, time)
                made.append(row)
        return events

    def _may_be_one(self, one: int, other: int, known: Calibration) -> bool:
        """Whether two new tracklets may be one object in overlapping views."""
        apart = apart_on_ground(self.gallery, one, other)
        if not np.isnan(apart) or known.abreast is None:
            return apart > 0
        camera = self.gallery.tracklets["camera"]
        return bool(known.abreast.together[camera[one], camera[other]])

    def _mint(self, row: int, time: float) -> tuple[Event, ...]:
        made = self.registry.mint([self.gallery.span(row)], time)
        first = made[0]
        assert isinstance(first, Created)  # noqa: S101 - `mint` says so
        made += self.registry.confirm(first.identity, time)
        follow(self.gallery, made)
        self._changed.add(self.gallery.by_id[int(first.identity)])
        return made

    def _link(self, row: int, identity: int, time: float, link: Link | None) -> tuple[Event, ...]:
        """Link a tracklet to an identity, unless the registry refuses it."""
        made = self._close_open_ends(row, identity, time)
        home = GlobalId(int(self.gallery.identities["global_id"][identity]))
        if self.registry.why_not_link(self.gallery.span(row), home) is None:
            linked = self.registry.link(home, self.gallery.span(row), time, link)
            follow(self.gallery, linked)
            self._changed.add(identity)
            made += linked
        return made

    def _close_open_ends(self, row: int, identity: int, time: float) -> tuple[Event, ...]:
        """Tell the registry that what the same camera lost shortly before has an end."""
        held = self.gallery.tracklets
        lost = [
            each
            for each in self.gallery.members[identity]
            if not held["closed"][each] and held["camera"][each] == held["camera"][row]
        ]
        held["closed"][lost] = True
        ends = [self.gallery.span(each, growing=False) for each in lost]
        made = self.registry.seen(ends, time) if lost else ()
        follow(self.gallery, made)
        return made

    def _why(  # noqa: PLR0917 - one row of the decision
        self, pairs: Pairs, pair: int, gain: F64, number: I64, margin: float
    ) -> Link:
        """The evidence of a link."""
        key = self.gallery.key
        tail, row = int(pairs.tail[pair]), int(pairs.tracklet[pair])
        one, other = key(tail), key(row)
        rivals = np.where(number == pair, -np.inf, gain)
        rival = int(rivals.argmax())
        second = key(int(pairs.tail[number[rival]])) if rivals[rival] > -np.inf else None
        ground, gap = float(pairs.ground[pair]), float(pairs.gap[pair])
        crops = self._crop(tail), self._crop(row)
        return Link(
            one=one,
            other=other,
            how=_how(same=one.camera == other.camera, ground=ground, gap=gap),
            evidence=float(pairs.total[pair]),
            appearance=float(pairs.appearance[pair]),
            transition=float(pairs.transition[pair]),
            ground=ground or None,
            attributes=float(pairs.attributes[pair]),
            similarity=float(pairs.similarity[pair]),
            gap=gap,
            edge=f"{one.camera} -> {other.camera}",
            runner_up=second,
            margin=margin,
            crops=None if None in crops else crops,  # type: ignore[arg-type]  # mypy: no None left
        )

    def _crop(self, tracklet: int) -> Crop | None:
        """Its best crop."""
        held = self.gallery.tracklets[tracklet]
        if not held["crops"]:
            return None
        key = self.gallery.key(tracklet)
        return Crop(key=key, frame=int(held["crop_frame"]), time=float(held["crop_time"]))


def _how(*, same: bool, ground: float, gap: float) -> How:
    """The kind of a link."""
    if same:
        return "fragment"
    return "overlap" if ground and gap <= 0 else "follows"
