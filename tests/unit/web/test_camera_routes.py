"""Who may change cameras, and what the answers are, over a site of plain values."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import pytest
from fastapi import FastAPI

from camweave.app.jobs.live.serving import may_change
from camweave.app.site.sections import Serve
from camweave.core.errors import InputError, JobError, SiteError
from camweave.core.frame import CameraId
from camweave.core.station import Changes, SiteFile
from camweave.web.camera_routes import camera_routes
from camweave.web.server import ServerParams, WebServer

GATE = CameraId("gate")


@dataclass
class PlainChanges:
    """`SiteChanges` that notes what it was asked, or fails so."""

    fails: Exception | None = None
    asked: list[object] = field(default_factory=list)

    @property
    def site_file(self) -> SiteFile:
        return SiteFile(read=0.0)

    def add_camera(self, section: Mapping[str, Any]) -> Changes:
        return self._note("add", section)

    def set_camera(self, camera: str, section: Mapping[str, Any], *, whole: bool) -> Changes:
        return self._note("set", camera, section, whole)

    def remove_camera(self, camera: str) -> Changes:
        return self._note("remove", camera)

    def reload(self) -> Changes:
        return self._note("reload")

    def _note(self, *what: object) -> Changes:
        if self.fails:
            raise self.fails
        self.asked.append(what)
        return Changes(changed=(GATE,))


@dataclass
class Answer:
    status: int
    body: Any


class Asking:
    """A server over one site; whoever is asked last is its site."""

    def __init__(self) -> None:
        self.changes: PlainChanges | None = None
        app = FastAPI()
        app.state.closing = []
        app.include_router(camera_routes(None), prefix="/without")
        app.include_router(camera_routes(Relay(self)))
        self.server = WebServer(app, ServerParams(port=0))

    def __call__(
        self, changes: PlainChanges | None, method: str, path: str, body: object
    ) -> Answer:
        self.changes = changes
        sent = None if body is None else json.dumps(body)
        before = "/without" if changes is None else ""
        with closing(HTTPConnection("127.0.0.1", self.server.port, timeout=10)) as connection:
            connection.request(method, before + path, sent, {"Content-Type": "application/json"})
            with connection.getresponse() as answer:
                return Answer(answer.status, json.loads(answer.read() or b"null"))


class Relay:
    """The `SiteChanges` of whoever asks now."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asking.changes, name)


@pytest.fixture(scope="module")
def ask() -> Iterator[Asking]:
    asking = Asking()
    with asking.server:
        yield asking


EVERY = [
    ("POST", "/api/cameras", {"name": "gate"}, ("add", {"name": "gate"})),
    ("PUT", "/api/cameras/gate", {"offset": 1}, ("set", "gate", {"offset": 1}, True)),
    ("PATCH", "/api/cameras/gate", {"mask": None}, ("set", "gate", {"mask": None}, False)),
    ("DELETE", "/api/cameras/gate", None, ("remove", "gate")),
    ("POST", "/api/reload", None, ("reload",)),
]


@pytest.mark.parametrize(("method", "path", "body", "asked"), EVERY)
def test_each_request_asks_for_one_change_and_tells_what_became_another(  # noqa: PLR0917 - columns
    ask: Asking, method: str, path: str, body: object, asked: tuple[object, ...]
) -> None:
    changes = PlainChanges()
    answer = ask(changes, method, path, body)
    assert answer.status in {200, 201}
    assert answer.body["changed"] == ["gate"]
    assert changes.asked == [asked]


@pytest.mark.parametrize(("method", "path", "body", "_"), EVERY)
def test_where_nothing_may_be_changed_each_is_refused(
    ask: Asking, method: str, path: str, body: object, _: object
) -> None:
    assert ask(None, method, path, body).status == 403


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyError("gate"), 404),
        (FileExistsError("gate"), 409),
        (SiteError("source: is missing"), 422),
        (InputError("no model"), 422),
        (JobError("the site is over"), 503),
    ],
)
def test_what_cannot_be_is_told_by_its_status_in_a_line(
    ask: Asking, error: Exception, status: int
) -> None:
    answer = ask(PlainChanges(fails=error), "POST", "/api/cameras", {"name": "gate"})
    assert answer.status == status
    assert "\n" not in answer.body["detail"]


@pytest.mark.parametrize("name", ["a%20b", "..", "a" * 65, "%2e%2e%2f", "%00", "a%0d%0ab"])
def test_a_name_that_is_none_never_reaches_the_site(ask: Asking, name: str) -> None:
    changes = PlainChanges()
    assert ask(changes, "DELETE", f"/api/cameras/{name}", None).status in {307, 404, 405, 422}
    assert not changes.asked


@pytest.mark.parametrize("body", [[], "x", 5, {str(n): n for n in range(100)}])
def test_a_body_that_is_no_section_never_reaches_the_site(ask: Asking, body: object) -> None:
    changes = PlainChanges()
    assert ask(changes, "POST", "/api/cameras", body).status == 422
    assert not changes.asked


@pytest.mark.parametrize(
    ("serve", "may"),
    [
        ({}, True),
        ({"token": "t"}, True),
        ({"host": "0.0.0.0", "token": "t"}, True),  # noqa: S104 - nobody listens
        ({"host": "0.0.0.0", "open": True}, False),  # noqa: S104 - as above
        ({"open": True}, False),
    ],
)
def test_cameras_are_changed_with_the_token_or_from_this_machine_alone(
    serve: dict[str, object], may: bool
) -> None:
    assert may_change(Serve.model_validate(serve)) == may
