"""The metrics of camera readers and of pipeline stages."""

from collections.abc import Callable, Iterable, Iterator
from math import nan
from typing import Final, TypeAlias

from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.condition import Condition
from camweave.core.station import Figure

Labels: TypeAlias = tuple[tuple[str, str], ...]

OF_CONDITION: Final[tuple[tuple[str, str, Callable[[Condition], float]], ...]] = (
    ("frames_total", "Whole pictures that came in.", lambda c: c.frames),
    ("frames_dropped_total", "Pictures that a newer one overtook.", lambda c: c.dropped),
    ("frames_corrupt_total", "Damaged pictures.", lambda c: c.corrupt),
    ("reconnects_total", "Connections after the first.", lambda c: c.reconnects),
    ("camera_up", "1 while pictures come.", lambda c: float(c.state == "live")),
    ("camera_fps", "Pictures that come in a second.", lambda c: c.delivered_fps),
    ("camera_jitter_seconds", "By how much pictures come late.", lambda c: c.jitter),
    (
        "camera_clock_error_seconds",
        "How far its own clock is behind ours, way included; NaN where it tells none.",
        lambda c: nan if c.clock_error is None else c.clock_error,
    ),
)


def of_conditions(conditions: Iterable[Condition], labels: Labels = ()) -> Iterator[Figure]:
    """The metrics of cameras; `labels` come before the camera's own."""
    every = tuple(conditions)
    for name, words, value in OF_CONDITION:
        for each in every:
            of = (*labels, ("camera", each.camera))
            yield Figure(name=name, help=words, value=float(value(each)), labels=of)


def of_stages(watch: Stopwatch, labels: Labels = ()) -> Iterator[Figure]:
    """The time that each stage has taken, waiting included."""
    told = "Time that a stage of the line has taken."
    for stage, seconds in sorted(dict(watch.parts).items()):
        of = (*labels, ("stage", stage))
        yield Figure(name="stage_seconds_total", help=told, value=seconds, labels=of)
