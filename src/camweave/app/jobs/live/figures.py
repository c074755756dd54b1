"""How a running site fares, in numbers for those who watch over machines."""

from collections.abc import Callable, Iterator
from math import nan
from typing import Final

from camweave.app.jobs.live.live_site import LiveSite
from camweave.core.station import CameraStatus, Figure

OF_CAMERA: Final[tuple[tuple[str, str, Callable[[CameraStatus], float]], ...]] = (
    ("frames_total", "Whole pictures that came in.", lambda s: s.condition.frames),
    ("frames_dropped_total", "Pictures that a newer one overtook.", lambda s: s.condition.dropped),
    ("frames_corrupt_total", "Damaged pictures.", lambda s: s.condition.corrupt),
    ("frames_looked_total", "Pictures that were looked at.", lambda s: s.looked),
    ("reconnects_total", "Connections after the first.", lambda s: s.condition.reconnects),
    ("camera_up", "1 while pictures come.", lambda s: float(s.condition.state == "live")),
    ("camera_fps", "Pictures that come in a second.", lambda s: s.condition.delivered_fps),
    ("camera_looked_fps", "Pictures that are looked at in a second.", lambda s: s.looked_fps),
    ("camera_jitter_seconds", "By how much pictures come late.", lambda s: s.condition.jitter),
    (
        "camera_clock_error_seconds",
        "How far its own clock is behind ours, way included; NaN where it tells none.",
        lambda s: nan if s.condition.clock_error is None else s.condition.clock_error,
    ),
    ("camera_skew_seconds", "How far it is behind the foremost.", lambda s: s.skew or 0.0),
    ("camera_age_seconds", "How old the newest picture looked at is.", lambda s: s.age or 0.0),
    ("tracks", "Objects in the newest picture.", lambda s: s.tracks),
)


def figures(running: LiveSite, cameras: list[CameraStatus], known: int) -> Iterator[Figure]:
    """All of them; `known` is how many identities are remembered."""
    for name, words, value in OF_CAMERA:
        for each in cameras:
            labels = (("camera", each.condition.camera),)
            yield Figure(name=name, help=words, value=float(value(each)), labels=labels)
    yield from of_line(running)
    yield from of_pictures(running)
    yield Figure(name="identities", help="Identities that are remembered.", value=known)
    if running.linking is not None:
        told = "Instants that wait for the linker."
        yield Figure(name="linker_backlog", help=told, value=running.linking.backlog)
        told = "Passes of the linker that failed."
        yield Figure(name="linker_failures_total", help=told, value=running.linking.failures)


def of_line(running: LiveSite) -> Iterator[Figure]:
    """What the compute line spends its time on."""
    told = "Time that a stage of the line has taken."
    for stage, seconds in sorted(running.line.watch.parts.items()):
        labels = (("stage", stage),)
        yield Figure(name="stage_seconds_total", help=told, value=seconds, labels=labels)
    told = "Crops that were embedded."
    yield Figure(name="crops_total", help=told, value=running.line.watch.counts["crops"])
    told = "Ticks, or a camera's part of one, that were lost to an error."
    yield Figure(name="ticks_failed_total", help=told, value=running.failures)


def of_pictures(running: LiveSite) -> Iterator[Figure]:
    """What is drawn and encoded for those who watch."""
    counts = running.showing.counts()
    for camera, each in counts.items():
        labels = (("camera", camera),)
        told = "JPEGs that were made."
        yield Figure(name="pictures_encoded_total", help=told, value=each.encoded, labels=labels)
    for camera, each in counts.items():
        labels = (("camera", camera),)
        told = "Who watches, each width once."
        yield Figure(name="watches", help=told, value=each.watches, labels=labels)
