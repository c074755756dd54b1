"""A role's figures are served where it is told, to those who may read them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from camweave.app.jobs.roles.metrics import address_of, metrics_served
from camweave.app.runtime.board import Board
from camweave.core.errors import InputError
from camweave.core.station import Figure

NOBODY: Mapping[str, str] = {}


class Told:
    """Hears where they are."""

    def __init__(self) -> None:
        self.line = ""

    def served(
        self, where: str | None, environment: Mapping[str, str] = NOBODY, *, open_: bool = False
    ) -> AbstractContextManager[Board]:
        return metrics_served(where, "work", open_=open_, say=self.hear, environment=environment)

    def hear(self, line: str) -> None:
        self.line = line

    def ask(self, path: str, headers: Mapping[str, str] = NOBODY) -> str:
        url = self.line.removeprefix("figures at ").removesuffix("/metrics")
        asked = Request(url.replace("0.0.0.0", "127.0.0.1") + path, headers=dict(headers))  # noqa: S104, S310 - our own server
        with urlopen(asked, timeout=20) as answer:  # noqa: S310 - as above
            return str(answer.read().decode())


def test_what_is_on_the_board_is_told_with_memory_and_time_of_the_process() -> None:
    told = Told()
    with told.served("0") as board:
        board.add(lambda: [Figure(name="rows_total", help="Rows.", value=3, labels=(("a", "b"),))])
        text = told.ask("/metrics")
    assert '\ncamweave_rows_total{a="b"} 3.0\n' in text
    assert 'camweave_role_info{role="work",version="' in text
    assert "\nprocess_resident_memory_bytes " in text


def test_a_role_that_cannot_work_is_alive_and_not_ready() -> None:
    told = Told()
    with told.served(None, {"CAMWEAVE_METRICS": "127.0.0.1:0"}) as board:
        assert told.ask("/readyz") == "ready\n"
        board.add(list, lambda: "the store is away")
        assert told.ask("/healthz") == "ok\n"
        with pytest.raises(HTTPError) as refused:
            told.ask("/readyz")
        assert (refused.value.code, refused.value.read()) == (503, b"the store is away\n")


def test_nobody_is_served_where_nobody_asked_for_it() -> None:
    told = Told()
    with told.served(None) as board:
        board.add(list)
    assert not told.line


def test_other_machines_need_a_token() -> None:
    told = Told()
    with told.served("0.0.0.0:0", {"CAMWEAVE_TOKEN": "secret"}):
        with pytest.raises(HTTPError) as refused:
            told.ask("/metrics")
        assert refused.value.code == 401
        refused.value.close()
        assert told.ask("/metrics", {"Authorization": "Bearer secret"})


def test_other_machines_need_none_where_that_is_said() -> None:
    told = Told()
    with told.served("0.0.0.0:0", open_=True):
        assert told.ask("/metrics")


def test_without_either_they_are_refused_with_what_to_do() -> None:
    with (
        pytest.raises(InputError, match=r"set CAMWEAVE_TOKEN, or give --metrics-open"),
        Told().served("0.0.0.0:0"),
    ):
        pass


def test_a_page_of_another_site_cannot_read_them_by_a_name_that_leads_here() -> None:
    told = Told()
    with told.served("0"):
        with pytest.raises(HTTPError) as refused:
            told.ask("/metrics", {"Host": "elsewhere.example"})
        assert refused.value.code == 421
        refused.value.close()


@pytest.mark.parametrize("text", ["", "x", "1.2.3.4", ":9464", "host:99999", "::1:9464", "a b:1:2"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"expected \[HOST:\]PORT"):
        address_of(text)
