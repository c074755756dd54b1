"""The pages: the dashboard at `/`, what the server can be asked at `/docs`, and their files.

Everything comes from this package and this server: no page loads, or may load, from elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Final

from fastapi import APIRouter, Header, HTTPException
from starlette.responses import Response

FILES: Final = files("camweave.web") / "static"
KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
TEXT: Final = "text/plain; charset=utf-8"  # licences
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",  # the picture that somebody searches with
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Cache-Control": "no-cache",  # ask each time whether it has changed
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

READ: Final = ["GET", "HEAD"]

Etag = Annotated[str | None, Header()]


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    kind: str
    etag: str


def page_routes(site: str) -> APIRouter:
    """`/`, `/docs` and `/static/...`, read once: no path of a request reaches the disk.

    Args:
        site: its name, for the title.
    """
    return routes_of({"/": "index.html", "/docs": "docs.html"}, site)


def waiting_routes(what: str) -> APIRouter:
    """`/` and `/static/...` while there is nothing to show: a page that says so, and looks again.

    Args:
        what: is waited for, in a line.
    """
    return routes_of({"/": "waiting.html"}, what)


def routes_of(pages: Mapping[str, str], told: str) -> APIRouter:
    """Pages by their path, each with what is `told` in it, and the files that they load."""
    router = APIRouter(include_in_schema=False)
    assets = {name: asset(name, body) for name, body in walk(FILES)}
    for path, name in pages.items():
        add_page(router, path, telling(assets[name], told))

    @router.api_route("/static/{path:path}", methods=READ)
    async def static(path: str, if_none_match: Etag = None) -> Response:
        """A file of the pages."""
        found = assets.get(path)
        if found is None or path.endswith(".html"):
            raise HTTPException(404, "no such file")
        return sent(found, if_none_match)

    return router


def add_page(router: APIRouter, path: str, page: Asset) -> None:
    """Give a page where it is asked for."""

    @router.api_route(path, methods=READ)
    async def give(if_none_match: Etag = None) -> Response:
        return sent(page, if_none_match)


def walk(folder: Traversable, under: str = "") -> list[tuple[str, bytes]]:
    """All files of a folder: path with `/`, and what is in it."""
    found = list[tuple[str, bytes]]()
    for each in folder.iterdir():
        if each.is_dir():
            found += walk(each, f"{under}{each.name}/")
        else:
            found.append((under + each.name, each.read_bytes()))
    return found


def asset(name: str, body: bytes) -> Asset:
    """A file, with what the browser must know of it."""
    kind = next((kind for end, kind in KINDS.items() if name.endswith(end)), TEXT)
    return Asset(body, kind, f'"{sha256(body).hexdigest()[:32]}"')


def telling(page: Asset, told: str) -> Asset:
    """A page with a text in it."""
    return asset(".html", page.body.replace(b"{told}", escape(told).encode()))


def sent(found: Asset, known: str | None) -> Response:
    """The file, or that the browser has it already."""
    headers = HEADERS | {"ETag": found.etag}
    if known is not None and found.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=found.kind, headers=headers)
