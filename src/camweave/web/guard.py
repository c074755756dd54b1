"""Who may come in: the token, the page's own origin, and how much anybody may send.

Bound to loopback and without a token, the server answers only to names of this machine, so that
no page of another site can reach it by a name that leads here (DNS rebinding). What changes
something, and every WebSocket, must come from a page of this server (Sec-Fetch-Site, Origin).
With a token everything but `/healthz` asks for it: as `Authorization: Bearer`, as `?token=` (for
players), or by the signed cookie that a page gets when it was opened with the token once.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from time import time
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN: Final = frozenset({"/healthz"})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OWN: Final = frozenset({"same-origin", "none"})  # of Sec-Fetch-Site: none is a person's own doing
COOKIE: Final = "camweave"
MONTH: Final = 30 * 24 * 3600  # s that a cookie is good for
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
POLICY: Final = 1008  # RFC 6455: close code of a WebSocket that may not be opened


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardParams:
    """What the guard asks for."""

    token: str | None = None
    hosts: frozenset[str] | None = LOOPBACK  # names that it answers to; None: any
    most_body: int = 8 << 20  # bytes that anybody may send at once


class Guard:
    """ASGI middleware; refuses in one line, and lets everything else pass as it is."""

    def __init__(self, app: ASGIApp, params: GuardParams) -> None:
        self._app = app
        self._params = params

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._app(scope, Limited(receive, self._params.most_body), send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY, "reason": "not allowed"})
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """What stands against it; None where nothing does."""
        hosts = self._params.hosts
        if hosts is not None and host_of(headers.get("host", "")) not in hosts:
            return PlainTextResponse("this server has another name\n", 421)
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        if changes and not same_origin(headers):
            return PlainTextResponse("only pages of this server may do that\n", 403)
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > self._params.most_body:
            return PlainTextResponse(f"at most {self._params.most_body} bytes\n", 413)
        return self._without_token(scope, headers)

    def _without_token(self, scope: Scope, headers: Headers) -> Response | None:
        token = self._params.token
        if token is None or scope["path"] in OPEN or carries(headers, token):
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if not any(same(value, token) for value in given):
            text = (
                "this server asks for its token: open /?token=... or send Authorization: Bearer\n"
            )
            return PlainTextResponse(text, 401, {"WWW-Authenticate": "Bearer"})
        if scope["type"] == "http" and "text/html" in headers.get("accept", ""):
            return with_cookie(scope, query, token)
        return None


class Limited:
    """What a client sends, as long as it is not more than it may be."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = self._left = most

    async def __call__(self) -> Message:
        """The next piece.

        Raises:
            HTTPException: it was too much; who asked for it lets that pass, and it is the answer.
        """
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, f"at most {self._most} bytes")
        return message


def host_of(header: str) -> str:
    """The name of a `Host` header, without its port.

    >>> host_of("localhost:8080"), host_of("[::1]:80")
    ('localhost', '[::1]')
    """
    name, colon, port = header.rpartition(":")
    return name.lower() if colon and port.isdecimal() else header.lower()


def same_origin(headers: Headers) -> bool:
    """Whether a request comes from a page of this server, or from no page at all."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in OWN:
        return False
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def carries(headers: Headers, token: str) -> bool:
    """Whether a request has the token or a cookie that was given for it."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and same(given.strip(), token):
        return True
    return any(good(value, token) for value in cookies(headers.getlist("cookie")))


def cookies(lines: Iterable[str]) -> Iterable[str]:
    """The values of ours."""
    for line in lines:
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(line)
        except CookieError:
            continue
        if COOKIE in jar:
            yield jar[COOKIE].value


def sealed(until: int, token: str) -> str:
    """A cookie's value: until when it is good, s of Unix time, and a seal."""
    seal = hmac.new(token.encode(), f"camweave session until {until}".encode(), sha256).hexdigest()
    return f"{until}.{seal}"


def good(value: str, token: str, now: float | None = None) -> bool:
    """Whether a cookie was sealed with this token and is not too old."""
    until, _, _ = value.partition(".")
    if not (until.isascii() and until.isdecimal()) or len(until) > len(str(2**53)):
        return False
    return same(value, sealed(int(until), token)) and int(until) > (time() if now is None else now)


def with_cookie(scope: Scope, query: list[tuple[str, str]], token: str) -> Response:
    """The same page once more, without the token in its address and with the cookie."""
    rest = urlencode([(name, value) for name, value in query if name != "token"])
    answer = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
    answer.set_cookie(
        COOKIE,
        sealed(int(time()) + MONTH, token),
        max_age=MONTH,
        httponly=True,
        samesite="strict",
        secure=scope["scheme"] == "https",
    )
    return answer
