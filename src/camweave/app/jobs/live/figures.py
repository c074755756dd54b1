"""The metrics of a running site: cameras, line, linker, pictures."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.linking import Linking
from camweave.app.runtime.figures import of_conditions, of_stages
from camweave.app.runtime.showing import Showing
from camweave.core.station import CameraStatus, Figure

OF_CAMERA: Final[tuple[tuple[str, str, Callable[[CameraStatus], float]], ...]] = (
    ("frames_looked_total", "Pictures that were looked at.", lambda s: s.looked),
    ("camera_looked_fps", "Pictures that are looked at in a second.", lambda s: s.looked_fps),
    ("camera_skew_seconds", "How far it is behind the foremost.", lambda s: s.skew or 0.0),
    ("camera_age_seconds", "How old the newest picture looked at is.", lambda s: s.age or 0.0),
    ("tracks", "Objects in the newest picture.", lambda s: s.tracks),
)


def of_cameras(cameras: Iterable[CameraStatus]) -> Iterator[Figure]:
    """The metrics of each camera."""
    every = list(cameras)
    yield from of_conditions(each.condition for each in every)
    for name, words, value in OF_CAMERA:
        for each in every:
            labels = (("camera", each.condition.camera),)
            yield Figure(name=name, help=words, value=float(value(each)), labels=labels)


def of_line(line: Line, failures: int) -> Iterator[Figure]:
    """What the compute line spends its time on, and its failures."""
    yield from of_stages(line.watch)
    told = "Crops that were embedded."
    yield Figure(name="crops_total", help=told, value=line.watch.counts["crops"])
    told = "Ticks, or a camera's part of one, that were lost to an error."
    yield Figure(name="ticks_failed_total", help=told, value=failures)


def of_linking(linking: Linking) -> Iterator[Figure]:
    """Whether the linker keeps up, and its failures."""
    told = "Instants that wait for the linker."
    yield Figure(name="linker_backlog", help=told, value=linking.backlog)
    told = "Passes of the linker that failed."
    yield Figure(name="linker_failures_total", help=told, value=linking.failures)


def of_pictures(showing: Showing) -> Iterator[Figure]:
    """What is drawn and encoded for viewers."""
    counts = showing.counts()
    for camera, each in counts.items():
        labels = (("camera", camera),)
        told = "JPEGs that were made."
        yield Figure(name="pictures_encoded_total", help=told, value=each.encoded, labels=labels)
    for camera, each in counts.items():
        labels = (("camera", camera),)
        told = "Who watches, each width once."
        yield Figure(name="watches", help=told, value=each.watches, labels=labels)
