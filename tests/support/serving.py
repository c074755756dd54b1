"""A served site in a test: its page as a thread of our own, and questions to it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.support.rabbitmq import Node
from tests.support.waiting import until

from camweave.app.jobs.roles.serve import ServeParams, run_serve, run_serve_store
from camweave.app.site.sections import Serve

SOON = 60.0  # s


@dataclass
class Page:
    """Where it is, and what it answers."""

    url: str

    def get(self, path: str) -> Any:
        """What is answered, as JSON."""
        return json.loads(self.read(path))

    def read(self, path: str) -> bytes:
        """What is answered."""
        with urlopen(self.url + path, timeout=SOON) as answer:  # noqa: S310 - our own server
            return bytes(answer.read())

    def tried(self, path: str) -> str:
        """What is answered, whatever it is; nothing where nobody listens."""
        try:
            return self.read(path).decode()
        except HTTPError as refused:
            return refused.read().decode()
        except OSError:
            return ""

    def post(self, path: str, body: Mapping[str, Any] | bytes) -> tuple[int, Any]:
        """Status and answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "image/jpeg" if isinstance(body, bytes) else "application/json"
        asked = Request(self.url + path, data, {"Content-Type": kind})  # noqa: S310 - as above
        try:
            with urlopen(asked, timeout=SOON) as answer:  # noqa: S310 - as above
                return answer.status, json.loads(answer.read())
        except HTTPError as refused:
            return refused.code, json.loads(refused.read())["detail"]

    def identities(self) -> dict[int, set[tuple[str, int]]]:
        """Who is known, and by which tracklets."""
        cards = self.get("/api/identities?most=1000")
        return {card["global_id"]: self.tracklets(card["global_id"]) for card in cards}

    def tracklets(self, identity: int) -> set[tuple[str, int]]:
        """The tracklets of one of them."""
        stays = self.get(f"/api/identities/{identity}/journey")["stays"]
        return {(stay["key"][0], stay["key"][1]) for stay in stays}

    def links(self, cards: Iterable[Mapping[str, Any]]) -> dict[int, Any]:
        """Why each of these is one."""
        return {each["global_id"]: self.get(f"/api/links/{each['global_id']}") for each in cards}

    def states(self) -> dict[str, str]:
        """Each camera's."""
        return {
            each["condition"]["camera"]: each["condition"]["state"]
            for each in self.get("/api/cameras")
        }


@contextmanager
def serving(node: Node | None, *, waits: bool = False, **changes: Any) -> Iterator[Page]:
    """A page that is served until the block ends; without a node, from a store.

    If it `waits`, it is there before the site.
    """
    serve = Serve().model_copy(update={"port": 0})
    params = ServeParams(serve=serve, **changes)
    stop, said, failed = Event(), list[str](), list[Exception]()

    def serve_it() -> None:
        try:
            if node is None:
                run_serve_store(params, stop=stop, say=said.append)
            else:
                run_serve(node.url, params, stop=stop, say=said.append)
        except Exception as error:  # told below
            failed.append(error)

    def where() -> list[str]:
        lines = [line for line in said if waits or not line.startswith("waiting")]
        return [found[0] for line in lines if (found := re.search(r"http://\S+", line))]

    thread = Thread(target=serve_it, daemon=True)
    thread.start()
    try:
        until(lambda: bool(failed or where()), within=SOON)
        assert not failed, failed
        yield Page(where()[0])
    finally:
        stop.set()
        thread.join(SOON)
    assert not failed, failed
