"""What must hold between the keys of a site file."""

from collections.abc import Iterator
from typing import Any, Final

from camweave.app.site.document import Document
from camweave.app.site.sections import edge_cameras
from camweave.core.nearest import did_you_mean

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
WINDOW_ENDS: Final = 2


def rule_problems(document: Document) -> list[str]:
    """Everything that is wrong between keys, each with its line; types are checked elsewhere."""
    data = document.data
    names = camera_names(data)
    empty = [document.error(("cameras",), "lists no camera")] if data.get("cameras") == [] else []
    return [
        *empty,
        *repeated_names(document, names),
        *transition_problems(document, set(names.values())),
        *serve_problems(document),
    ]


def camera_names(data: dict[str, Any]) -> dict[int, str]:
    """The names that are there, by the camera's place in the list."""
    cameras = data.get("cameras")
    rows = cameras if isinstance(cameras, list) else []
    named = {at: row.get("name") for at, row in enumerate(rows) if isinstance(row, dict)}
    return {at: name for at, name in named.items() if isinstance(name, str)}


def repeated_names(document: Document, names: dict[int, str]) -> Iterator[str]:
    """A camera's name is its identity; upper and lower case share one folder on some disks."""
    first: dict[str, int] = {}
    for at, name in names.items():
        before = first.setdefault(name.lower(), at)
        if before != at:
            line = document.mark(("cameras", before, "name")).line
            message = f"{name!r} is taken by the camera on line {line}"
            yield document.error(("cameras", at, "name"), message)


def transition_problems(document: Document, cameras: set[str]) -> Iterator[str]:
    """`a -> b: [least, most]`, with cameras of this site."""
    linker = document.data.get("linker")
    edges = linker.get("transitions") if isinstance(linker, dict) else None
    for edge, window in edges.items() if isinstance(edges, dict) else ():
        place = ("linker", "transitions", edge)
        ends = edge_cameras(edge)
        if ends is None:
            yield document.error(place, "expected `camera -> camera` or `camera <-> camera`")
            continue
        for name in sorted(set(ends) - cameras):
            hint = did_you_mean(name, sorted(cameras))
            yield document.error(place, f"no camera {name!r} in this site{hint}")
        if ends[0] == ends[1]:
            yield document.error(place, "a transition joins two different cameras")
        if is_window(window) and window[0] > window[1]:
            message = f"least ({window[0]:g} s) is more than most ({window[1]:g} s)"
            yield document.error(place, message)


def is_window(window: object) -> bool:
    """Two numbers."""
    return (
        isinstance(window, list)
        and len(window) == WINDOW_ENDS
        and all(isinstance(end, int | float) for end in window)
    )


def serve_problems(document: Document) -> Iterator[str]:
    """Other machines are served only with a token, or when that is said to be meant."""
    serve = document.data.get("serve")
    if not isinstance(serve, dict):
        return
    host = serve.get("host", "127.0.0.1")
    if isinstance(host, str) and host not in LOOPBACK:
        guarded = serve.get("token") is not None or serve.get("open") is True
        if not guarded:
            message = f"{host} serves other machines: set serve.token, or serve.open: true"
            yield document.error(("serve", "host"), message)
