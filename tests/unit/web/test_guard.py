"""Who may come in, request by request."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from camweave.web.guard import Guard, GuardParams, good, sealed

TOKEN = "hunter2-hunter2"  # noqa: S105 - opens nothing


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    passed: bytes | None  # what the application was given; None: it was not asked


def ask(
    params: GuardParams,
    path: str = "/api/cameras",
    *,
    method: str = "GET",
    kind: str = "http",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Answer:
    """One request to a guarded application that takes all, and says so."""
    passed: list[bytes] = []
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            message = await receive()
            passed.append(message.get("body", message["type"].encode()))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"inside"})
        else:
            passed.append(b"")
            await send({"type": "websocket.accept"})

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    place, _, query = path.partition("?")
    given = {"host": "localhost:8080", **(headers or {})}
    scope = {
        "type": kind,
        "method": method,
        "scheme": "http",
        "path": place,
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }
    asyncio.run(Guard(application, params)(scope, receive, send))
    first = sent[0]
    found = {k.decode(): v.decode() for k, v in first.get("headers", [])}
    text = b"".join(message.get("body", b"") for message in sent)
    status = first.get("status", 0 if first["type"] == "websocket.close" else 101)
    return Answer(status, found, text, passed[0] if passed else None)


OPEN, CLOSED = GuardParams(), GuardParams(token=TOKEN, hosts=None)


def test_on_this_machine_everybody_comes_in() -> None:
    assert ask(OPEN).body == b"inside"
    assert ask(OPEN, headers={"host": "[::1]:8080"}).status == 200


def test_a_name_that_only_leads_here_does_not_open_the_door() -> None:
    assert ask(OPEN, headers={"host": "evil.example:8080"}).status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
    ],
)
def test_pages_of_others_change_nothing_and_open_no_socket(headers: dict[str, str]) -> None:
    assert ask(OPEN, "/api/identities/merge", method="POST", headers=headers).status == 403
    assert ask(OPEN, "/ws/pictures", kind="websocket", method="", headers=headers).passed is None
    assert ask(OPEN, headers=headers).status == 200  # to look at is not to change


def test_our_own_page_and_programs_may_say_something() -> None:
    own = {"origin": "http://localhost:8080", "sec-fetch-site": "same-origin"}
    assert ask(OPEN, method="POST", headers=own).status == 200
    assert ask(OPEN, method="POST").status == 200


def test_with_a_token_nothing_but_health_is_open() -> None:
    assert ask(CLOSED).status == 401
    assert ask(CLOSED, "/").passed is None
    assert ask(CLOSED, "/ws/pictures", kind="websocket", method="").passed is None
    assert ask(CLOSED, "/healthz").status == 200


def test_the_token_opens_as_a_header_and_in_the_address() -> None:
    assert ask(CLOSED, headers={"authorization": f"Bearer {TOKEN}"}).status == 200
    assert ask(CLOSED, f"/cam_a.mjpg?token={TOKEN}").status == 200
    assert ask(CLOSED, headers={"authorization": "Bearer wrong"}).status == 401
    assert ask(CLOSED, "/cam_a.mjpg?token=wrong").status == 401


def test_a_page_opened_with_the_token_gets_a_cookie_and_loses_the_token() -> None:
    first = ask(CLOSED, f"/?token={TOKEN}&dark=1", headers={"accept": "text/html"})
    assert (first.status, first.headers["location"]) == (303, "/?dark=1")
    cookie = first.headers["set-cookie"]
    assert TOKEN not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert ask(CLOSED, headers={"cookie": cookie.partition(";")[0]}).status == 200


def test_a_cookie_that_is_old_or_of_another_token_is_worth_nothing() -> None:
    assert good(sealed(2000, TOKEN), TOKEN, now=1999)
    assert not good(sealed(2000, TOKEN), TOKEN, now=2000)
    assert not good(sealed(2000, "another"), TOKEN, now=1999)
    assert ask(CLOSED, headers={"cookie": "camweave=9999999999.0000"}).status == 401
    assert ask(CLOSED, headers={"cookie": 'camweave="\\'}).status == 401


@given(st.text(max_size=40))
def test_no_made_up_cookie_opens(value: str) -> None:
    assert not good(value, TOKEN, now=0)


def test_who_sends_too_much_is_stopped_whatever_they_declare() -> None:
    small = GuardParams(most_body=10)
    assert ask(small, method="POST", headers={"content-length": "11"}).status == 413
    assert ask(small, method="POST", headers={"content-length": "a lot"}).status == 413
    assert ask(small, method="POST", body=b"x" * 10).passed == b"x" * 10
    with pytest.raises(HTTPException, match="413: at most 10 bytes"):
        ask(small, method="POST", body=b"x" * 11)
