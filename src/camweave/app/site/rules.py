"""Rules between keys of a site file."""

from collections.abc import Iterator
from typing import Any, Final

from camweave.formats.document import Document

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def rule_problems(document: Document) -> list[str]:
    """Everything that is wrong between keys, each with its line; types are checked elsewhere."""
    data = document.data
    names = camera_names(data)
    empty = [document.error(("cameras",), "lists no camera")] if data.get("cameras") == [] else []
    return [
        *empty,
        *repeated_names(document, names),
        *serve_problems(document),
        *mqtt_problems(document),
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


def serve_problems(document: Document) -> Iterator[str]:
    """Other machines are served only with a token, or when that is said to be meant."""
    serve = document.data.get("serve")
    if not isinstance(serve, dict):
        return
    host = serve.get("host", "127.0.0.1")
    guarded = serve.get("token") is not None or serve.get("open") is True
    problem = host_problem(host, guarded=guarded) if isinstance(host, str) else None
    if problem is not None:
        yield document.error(("serve", "host"), problem)


def host_problem(host: str, *, guarded: bool) -> str | None:
    """Why a site may not be served there; None where it may."""
    if host in LOOPBACK or guarded:
        return None
    return f"{host} serves other machines: set serve.token, or serve.open: true"


def mqtt_problems(document: Document) -> Iterator[str]:
    """What would not be used, and of which somebody may think that it is."""
    mqtt = document.data.get("mqtt")
    if not isinstance(mqtt, dict):
        return
    for key in ("authority", "certificate", "key"):
        if mqtt.get(key) is not None and mqtt.get("tls") is not True:
            yield document.error(("mqtt", key), "is of use with tls: true only")
    if mqtt.get("key") is not None and mqtt.get("certificate") is None:
        yield document.error(("mqtt", "key"), "is of use with a certificate only")
    if mqtt.get("password") is not None and mqtt.get("user") is None:
        yield document.error(("mqtt", "password"), "is of use with a user only")
