"""The pages' files: complete, ours alone, small, and guarded by what they are sent with."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import PurePosixPath

import pytest
from fastapi import FastAPI

from camweave.web.page_routes import FILES, page_routes, walk
from camweave.web.server import ServerParams, WebServer

ALL = dict(walk(FILES))
OWN = {name: body.decode() for name, body in ALL.items() if not name.startswith("vendor/")}
LONGEST = 400  # lines
LARGEST = 200_000  # bytes of all that a page loads


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.closing = []
    app.include_router(page_routes("gate & <yard>"))
    with WebServer(app, ServerParams(port=0)) as server:

        def ask(path: str, *, method: str = "GET", etag: str = "") -> Answer:
            line = HTTPConnection("127.0.0.1", server.port, timeout=10)
            line.request(method, path, headers={"If-None-Match": etag} if etag else {})
            got = line.getresponse()
            answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
            line.close()
            return answer

        yield ask


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_may_load_from_their_own_server_alone(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ask(path, method="HEAD").status == 200


def test_the_name_of_the_site_is_text_and_not_markup(ask: Ask) -> None:
    page = ask("/").body.decode()
    assert "<title>gate &amp; &lt;yard&gt; · camweave</title>" in page
    assert "<yard>" not in page


def test_a_file_that_the_browser_has_is_not_sent_again(ask: Ask) -> None:
    first = ask("/static/js/main.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    again = ask("/static/js/main.js", etag=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "../page_routes.py",
        "%2e%2e/app.py",
        "js/../../app.py",
        "/etc/passwd",
        "",
        "js",
        "index.html",
    ],
)
def test_no_other_file_can_be_had(ask: Ask, path: str) -> None:
    assert ask(f"/static/{path}").status == 404


@pytest.mark.parametrize("name", OWN)
def test_no_file_of_ours_speaks_of_another_server_or_is_too_long(name: str) -> None:
    text = OWN[name].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "://" not in text.replace("`${location.protocol", "").replace("://${location.host}", "")
    assert len(text.splitlines()) < LONGEST


def test_scripts_stand_in_files_and_nothing_is_made_of_text() -> None:
    for name, text in OWN.items():
        if name.endswith(".html"):
            assert all('src="/static/' in tag for tag in re.findall(r"<script[^>]*>", text))
            assert not re.search(r"\s(on\w+|style)=", text)
        assert "innerHTML" not in text.replace("dangerouslySetInnerHTML", "innerHTML")
        assert "eval(" not in text


def test_every_import_and_link_leads_to_a_file() -> None:
    for name, text in OWN.items():
        for to in re.findall(r'from "(\.[^"]+)"', text):
            parts = list(PurePosixPath(name).parent.parts)
            for part in PurePosixPath(to).parts:
                if part == "..":
                    parts.pop()
                elif part != ".":
                    parts.append(part)
            assert "/".join(parts) in ALL, f"{name}: {to}"
        for to in re.findall(r'"/static/([^"]+)"', text):
            assert to in ALL, f"{name}: {to}"


def test_no_two_scripts_import_each_other() -> None:
    graph = {
        name: {f"js/{to}" for to in re.findall(r'from "\./([^"]+)"', text)}
        for name, text in OWN.items()
        if name.endswith(".js")
    }
    while ends := [name for name, to in graph.items() if not to & graph.keys()]:
        for name in ends:
            del graph[name]
    assert not graph


def test_all_of_it_is_small_and_what_is_not_ours_has_its_licence() -> None:
    assert sum(len(body) for name, body in ALL.items() if "LICENSE" not in name) < LARGEST
    vendored = [name for name in ALL if name.startswith("vendor/") and name.endswith(".js")]
    assert vendored == ["vendor/htm-preact.js"]
    assert b"Apache License" in ALL["vendor/LICENSE-htm"]
    assert b"MIT License" in ALL["vendor/LICENSE-preact"]
