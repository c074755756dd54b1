"""What the live linker learns of its site, lesson by lesson; each lesson is done in small steps."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from camweave.core.arrays import I64
from camweave.core.corrections import Constraint
from camweave.core.events import Event
from camweave.core.sightings import Crops
from camweave.core.topology import Topology
from camweave.linking.appearance import Looks
from camweave.linking.live.calibration import Calibration, prior
from camweave.linking.live.cropping import joined
from camweave.linking.live.footing import feet_of
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.lesson import LEAST, Learned, Subject, lesson_of
from camweave.linking.live.rejudging import Rejudging
from camweave.linking.live.renormalising import renormalise
from camweave.linking.live.weighing import Weighing
from camweave.linking.params import LinkParams
from camweave.linking.paths.layout import layout_of
from camweave.linking.paths.stepping import Steps

LATEST: Final = 800  # tracklets that are learned from at a time,
MANY: Final = 5_000  # but where so many are remembered, and a pass takes long without a lesson,
FEWER: Final = 500  # only so many
MORE: Final = (
    1.3  # times the tracklets of the last lesson: then there is another, whatever the time
)
DONE: Final = object()


class Learning:
    """Begins lessons, continues them, and applies their results when they end."""

    def __init__(  # noqa: PLR0917 - all that it rests on
        self,
        gallery: Gallery,
        rejudging: Rejudging,
        weighing: Weighing,
        topology: Topology,
        params: LinkParams,
    ) -> None:
        self.gallery, self.topology, self.params = gallery, topology, params
        self.learned: Calibration | None = None
        self._rejudging, self._weighing = rejudging, weighing
        layout = layout_of(gallery.cameras, topology, strict=params.strict)
        nobody, _ = gallery.sightings(np.empty(0, np.int64))
        self._prior = prior(nobody, layout)
        self._last: Learned | None = None
        self._lesson: Steps[tuple[Event, ...]] | None = None
        self._time, self._tracklets = -np.inf, 0

    @property
    def known(self) -> Calibration:
        """What every cue is worth here, as learned so far."""
        return self._prior if self.learned is None else self.learned

    @property
    def under_way(self) -> bool:
        """Whether a lesson was begun and is not over."""
        return self._lesson is not None

    def much_more(self) -> bool:
        """Whether there is so much more to learn from than the last time that it cannot wait."""
        return len(self.gallery.slot) >= max(MORE * self._tracklets, LEAST)

    def begin(self, witnesses: Sequence[Crops]) -> None:
        """Begin a lesson from the latest tracklets, unless there is one or they are too few.

        `witnesses` are crops of some of theirs, or of those before.
        """
        g = self.gallery
        used = np.flatnonzero(g.tracklets["used"])
        if self._lesson is not None or len(used) < LEAST:
            return
        latest = used[np.lexsort((used, -g.tracklets["begin"][used]))]
        latest = latest[: FEWER if len(used) > MANY else LATEST]
        self._tracklets = len(g.slot)
        self._lesson = self._taken(latest, witnesses)

    def go_on(self, time: float, steps: int | None = None) -> tuple[Event, ...]:
        """Do so many steps of the current lesson, None: all; returns the events at its end."""
        self._time = time
        while self._lesson is not None and steps != 0:
            steps = None if steps is None else steps - 1
            try:
                next(self._lesson)
            except StopIteration as end:
                self._lesson = None
                events: tuple[Event, ...] = end.value
                return events
        return ()

    def _taken(self, latest: I64, witnesses: Sequence[Crops]) -> Steps[tuple[Event, ...]]:
        """Take a lesson, apply its normalisation, and decide the links of these tracklets again."""
        g = self.gallery
        rows, slots = g.sightings(latest)
        keys = [g.key(slot) for slot in slots.tolist()]
        looks = Looks(g.look[slots], g.tracklets["trust"][slots])
        rows, feet = g.standing(rows, slots), feet_of(g, slots)
        yield
        subject = Subject(
            rows=rows,
            feet=feet,
            looks=looks,
            crops=joined(witnesses) if witnesses else g.no_crops,
            topology=self.topology,
            params=self.params,
            constraints=self._said(),
            before=self._last,
        )
        yield
        found = yield from lesson_of(subject)
        yield from renormalise(g, found.normalisation)
        who = dict(zip(keys, found.label.tolist(), strict=True))
        self._last, self.learned = found, found.calibration
        yield
        events = self._rejudging.rejudge(self.learned, who, found.links, self._time)
        self._weighing.learn(g.homes(keys))
        return events

    def _said(self) -> list[Constraint]:
        """The corrections that hold."""
        corrections = self._rejudging.registry.corrections.values()
        return [constraint for each in corrections for constraint in each.constraints]
