"""A site's values as JSON payloads, each with the version of its schema."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from camweave.core.condition import Condition
from camweave.core.frame import CameraId
from camweave.core.station import Counts, Happening, LiveTrack

EVENT: Final = "camweave.event/1"
COUNTS: Final = "camweave.counts/1"
CAMERA: Final = "camweave.camera/1"


def instant(began: datetime, seconds: float) -> str:
    """A time on the site's clock as a date, ISO 8601 in UTC.

    >>> instant(datetime(2026, 1, 2, tzinfo=UTC), 1.5)
    '2026-01-02T00:00:01.500Z'
    """
    at = (began + timedelta(seconds=seconds)).astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(happening: Happening, site: str, began: datetime) -> dict[str, object]:
    """A happening. `began` and `seq` together identify it."""
    return {
        "schema": EVENT,
        "site": site,
        "began": instant(began, 0.0),
        "seq": happening.seq,
        "time": instant(began, happening.time),
        "kind": happening.kind,
        "text": happening.text,
        "global_id": happening.global_id,
        "other_id": happening.other_id,
        "camera": happening.camera,
    }


def counts(
    now: Mapping[str, int], seen: Mapping[str, int], began: datetime, time: float
) -> dict[str, object]:
    """Objects now, and different objects since `began`, by class."""
    return {
        "schema": COUNTS,
        "began": instant(began, 0.0),
        "time": instant(began, time),
        "now": dict(now),
        "seen": dict(seen),
    }


def state(condition: Condition, began: datetime) -> dict[str, object]:
    """The status of a camera."""
    return {
        "schema": CAMERA,
        "camera": condition.camera,
        "state": condition.state,
        "reason": condition.reason,
        "since": instant(began, condition.since),
    }


def in_view(tracks: Sequence[LiveTrack]) -> dict[str, int]:
    """Objects in a camera's newest frame, by class."""
    return dict(sorted(Counter(track.label for track in tracks).items()))


def identities_in_view(tracks: Sequence[LiveTrack]) -> dict[str, int]:
    """Different objects in all cameras now, by class; pending ones are not counted."""
    labels = {track.global_id: track.label for track in tracks if track.global_id is not None}
    return dict(sorted(Counter(labels.values()).items()))


def seen_in(counts: Counts, camera: CameraId | None = None) -> dict[str, int]:
    """Different objects since the start, by class, of a camera or of all together."""
    numbers = counts.in_all if camera is None else _row(counts, camera)
    return {label: n for label, n in zip(counts.labels, numbers, strict=True) if n}


def _row(counts: Counts, camera: CameraId) -> Sequence[int]:
    known = dict(zip(counts.cameras, counts.in_camera, strict=True))
    return known.get(camera, (0,) * len(counts.labels))
