"""What was found and followed in one frame, schema `camweave.found/1`.

The headers carry the frame's stamp and size. The body is `columns`: `xyxy` (N, 4), `score` (N,),
`class_id` (N,), `embedding` (N, D) and `camera_motion` (2, 3) where there are any; `track_id` (T,),
`track_xyxy` (T, 4), `track_score`, `track_class_id`, `track_detection` (T,); in its header
`class_names` and `detected`; behind them the picture as JPEG, where one is sent.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from camweave.core.detections import Detections
from camweave.core.errors import FileFormatError
from camweave.core.frame import Stamp
from camweave.core.tracks import Tracks
from camweave.formats.members import Members
from camweave.formats.messages.columns import Arrays, from_bytes, to_bytes
from camweave.formats.messages.packed import (
    Address,
    Fields,
    Headers,
    Packed,
    headers_of,
    id_of,
    opened,
    stamped,
)
from camweave.formats.messages.pictures import check_picture

KIND: Final = "found"
VERSION: Final = 1
TEXT: Final = "class_names"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What came of one frame: all that the linker, the store and a viewer need to know."""

    address: Address
    size: tuple[int, int]  # (width, height) px of the frame
    detections: Detections
    tracks: Tracks
    class_names: tuple[str, ...] = ()
    detected: bool = True  # False: nobody looked, and the tracks are predicted
    picture: bytes = b""  # the frame as JPEG; empty: not sent

    @property
    def stamp(self) -> Stamp:
        """When and where."""
        return self.detections.stamp


def pack_found(found: Found) -> Packed:
    """The message."""
    width, height = found.size
    headers = headers_of(KIND, VERSION, found.address) | stamped(found.stamp)
    headers |= {"width": width, "height": height}
    told = {TEXT: list(found.class_names), "detected": found.detected}
    body = to_bytes(_columns(found.detections, found.tracks), told) + found.picture
    return Packed(id_of(found.address, found.stamp), headers, body)


def read_found(headers: Headers, body: bytes) -> Found:
    """What a message says, bit by bit what was packed.

    Raises:
        FileFormatError: a header or a row is missing or lies, or the version is newer.
    """
    fields = opened(headers, body, KIND, VERSION)
    address, stamp, size = fields.address(), fields.stamp(), fields.size()
    try:
        arrays, told, picture = from_bytes(body)
        names, detected = _told(told)
        if picture:
            check_picture(picture, "jpeg", size)
    except FileFormatError as error:
        fields.fail(f"{stamp.camera}, frame {stamp.index}: {error}")
    m = Members(Path(f"found message: {stamp.camera}, frame {stamp.index}"), arrays)
    detections = _detections(m, stamp, names)
    tracks = _tracks(m, stamp, names, len(detections))
    return Found(address, size, detections, tracks, names, detected, picture)


def stamp_of(headers: Headers) -> tuple[Address, Stamp]:
    """Whose and which frame a message is of, by its headers alone.

    Raises:
        FileFormatError: they do not say.
    """
    fields = Fields(headers, "any")
    return fields.address(), fields.stamp()


def _columns(d: Detections, t: Tracks) -> Arrays:
    columns: Arrays = {"xyxy": d.xyxy, "score": d.score, "class_id": d.class_id}
    if d.embedding is not None:
        columns["embedding"] = d.embedding
    if d.camera_motion is not None:
        columns["camera_motion"] = d.camera_motion
    return columns | {
        "track_id": t.track_id,
        "track_xyxy": t.xyxy,
        "track_score": t.score,
        "track_class_id": t.class_id,
        "track_detection": t.detection,
    }


def _told(header: dict[str, Any]) -> tuple[tuple[str, ...], bool]:
    names, detected = header.get(TEXT, []), header.get("detected", True)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FileFormatError(f"{TEXT}: expected names, found {repr(names)[:60]}")
    if not isinstance(detected, bool):
        raise FileFormatError(f"detected: expected true or false, found {repr(detected)[:60]}")
    return tuple(names), detected


def _detections(m: Members, stamp: Stamp, names: tuple[str, ...]) -> Detections:
    n = len(m.measures("score", -1))
    has_looks, moved = "embedding" in m, "camera_motion" in m
    return Detections(
        stamp,
        m.boxes("xyxy", n),
        m.measures("score", n),
        _classes(m, "class_id", n, names),
        m.unit_vectors("embedding", n, blank=True) if has_looks else None,
        m.reals("camera_motion", 2, 3) if moved else None,
    )


def _tracks(m: Members, stamp: Stamp, names: tuple[str, ...], detections: int) -> Tracks:
    track_id = m.integers("track_id", -1)
    n = len(track_id)
    m.refuse_rows("track_id", track_id < 1, "less than 1")
    row = m.integers("track_detection", n)
    m.refuse_rows("track_detection", (row < -1) | (row >= detections), f"not one of {detections}")
    xyxy, score = m.boxes("track_xyxy", n), m.measures("track_score", n)
    return Tracks(stamp, track_id, xyxy, score, _classes(m, "track_class_id", n, names), row)


def _classes(m: Members, name: str, n: int, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a column
    class_id = m.small_integers(name, n)
    m.refuse_rows(name, class_id < -1, "less than -1")
    if names:
        m.refuse_rows(name, class_id >= len(names), f"beyond {len(names)} {TEXT}")
    return class_id
