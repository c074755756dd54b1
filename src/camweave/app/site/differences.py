"""The differences between two sites: what a running one must change to become the other."""

from collections.abc import Iterable, Iterator
from typing import Final

from camweave.app.site.model import Camera, Site
from camweave.app.site.sections import Live, Serve
from camweave.core.frame import CameraId
from camweave.core.station import Changes

CONNECTION: Final = ("source", "fps", "offset", "stream")  # keys of a camera: how it is read
AT_ONCE: Final = ("sources",)  # keys of `serve` that are asked for whenever they matter
TOLD: Final = ("zones",)  # of which only the linker knows


def differences(before: Site, after: Site, started: Site) -> Changes:
    """What differs between the site in force and the next; `started` is the one at the start."""
    old = {each.name: each for each in before.cameras}
    new = {each.name: each for each in after.cameras}
    return Changes(
        added=names(each for each in new if each not in old),
        changed=names(each for each in new if each in old and old[each] != new[each]),
        removed=names(each for each in old if each not in new),
        linker=relinked(before, after),
        restart=tuple(restarts(started, after)),
    )


def names(cameras: Iterable[str]) -> tuple[CameraId, ...]:
    """Names as `CameraId`s."""
    return tuple(map(CameraId, cameras))


def relinked(before: Site, after: Site) -> bool:
    """Whether the linker must be replaced."""
    known = {each.name: (each.zones, each.homography) for each in before.cameras}
    same = all(known.get(each.name) == (each.zones, each.homography) for each in after.cameras)
    return after.linker is not None and not (same and before.linker == after.linker)


def reread(before: Camera, after: Camera) -> bool:
    """Whether a camera needs a new connection."""
    return any(getattr(before, key) != getattr(after, key) for key in CONNECTION)


def looked_at_anew(before: Camera, after: Camera) -> bool:
    """Whether a camera's tracks begin anew, as one of its stages changed."""
    keys = (key for key in type(after).model_fields if key not in TOLD)
    return any(getattr(before, key) != getattr(after, key) for key in keys)


def restarts(started: Site, after: Site) -> Iterator[str]:
    """Keys whose new values take effect at the next start."""
    pairs = (
        ("live", started.live or Live(), after.live or Live()),
        ("serve", started.serve or Serve(), after.serve or Serve()),
    )
    for section, one, other in pairs:
        for key in type(one).model_fields:
            if getattr(one, key) != getattr(other, key) and key not in AT_ONCE:
                yield f"{section}.{key}"
    for key in ("site", "store", "mqtt"):
        if getattr(started, key) != getattr(after, key):
            yield key
    if (started.linker is None) != (after.linker is None):
        yield "linker"
    elif started.linker and after.linker and started.linker.interval != after.linker.interval:
        yield "linker.interval"
