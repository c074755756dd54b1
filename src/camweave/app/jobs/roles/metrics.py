"""A role's figures over HTTP, beside its work: `/metrics`, `/healthz`, `/readyz`."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import camweave
from camweave.app.jobs.roles.serve_where import TOKEN
from camweave.app.runtime.board import Board
from camweave.core.errors import InputError
from camweave.core.station import Figure

WHERE: Final = "CAMWEAVE_METRICS"
ADDRESS: Final = re.compile(r"(?:(?P<host>\[[0-9a-fA-F:]+\]|[^\[\]:]+):)?(?P<port>\d{1,5})")
HIGHEST: Final = 65535


@contextmanager
def metrics_served(
    where: str | None,
    role: str,
    *,
    open_: bool = False,
    say: Callable[[str], None] = lambda _: None,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Board]:
    """A board whose figures are served at `[HOST:]PORT`, or where CAMWEAVE_METRICS says.

    Where neither is given nobody is served. Other machines need the token in CAMWEAVE_TOKEN, if
    it is not `open_` to them.

    Raises:
        InputError: no such address, or other machines could read without a token.
        JobError: it cannot listen there.
    """
    board, told = Board(), where or environment.get(WHERE)
    if not told:
        yield board
        return
    # What serves is loaded by those alone who are to serve.
    from camweave.web.guard import LOOPBACK, GuardParams
    from camweave.web.metrics import make_metrics_app
    from camweave.web.server import ServerParams, WebServer

    host, port = address_of(told)
    token = environment.get(TOKEN)
    if host not in LOOPBACK and not (token or open_):
        raise InputError(
            f"metrics: {host} serves other machines: set {TOKEN}, or give --metrics-open"
        )
    known = host in LOOPBACK and not (token or open_)  # else whoever has the token may come
    guard = GuardParams(token=token or None, hosts=LOOPBACK if known else None)
    board.add(lambda: [info(role)])
    app = make_metrics_app(board.figures, board.trouble, guard=guard)
    with WebServer(app, ServerParams(host=host, port=port)) as server:
        say(f"figures at {server.url}/metrics")
        yield board


def address_of(text: str) -> tuple[str, int]:
    """Host and port of `[HOST:]PORT`.

    >>> address_of("9464"), address_of("0.0.0.0:9464"), address_of("[::1]:0")
    (('127.0.0.1', 9464), ('0.0.0.0', 9464), ('::1', 0))

    Raises:
        InputError: it is none.
    """
    found = ADDRESS.fullmatch(text)
    if found is None or int(found["port"]) > HIGHEST:
        raise InputError(f"--metrics: expected [HOST:]PORT, as 9464, got {text[:80]!r}")
    return (found["host"] or "127.0.0.1").strip("[]"), int(found["port"])


def info(role: str) -> Figure:
    """Who we are."""
    labels = (("role", role), ("version", camweave.__version__))
    return Figure(name="role_info", help="What runs here; always 1.", value=1, labels=labels)
