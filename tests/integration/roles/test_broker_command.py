"""`camweave broker`, as it is typed: what waits, and what nobody could work on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.rabbitmq import Node
from tests.support.roles import SOON, published, working
from tests.support.waiting import until
from tests.support.walk import CAMERAS

from camweave.app.cli.main import run as run_command
from camweave.app.jobs.roles.reaching import broker_at
from camweave.broker.dead_letters import letters
from camweave.broker.depths import depths
from camweave.broker.publisher import Publisher
from camweave.broker.topology import Topology
from camweave.formats.messages.packed import Packed

Run = Callable[..., tuple[int, str, str]]
BAD = {"lie": {"schema": "camweave.frame/9"}, "nothing": {}}


@pytest.fixture
def camweave(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, node: Node
) -> Run:
    """Status, standard output and standard error of a command."""
    monkeypatch.setenv("CAMWEAVE_BROKER", node.url)

    def run(*words: object) -> tuple[int, str, str]:
        status = run_command([str(each) for each in words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def topology(node: Node, site: str, file: Path) -> Topology:
    """A site of which two messages lie among the dead letters, and nothing else waits."""
    made = Topology(site=site, lossless=True)
    with (
        broker_at(node.url) as broker,
        Publisher(broker, made.frames.name, made.declaration(CAMERAS)) as sender,
        working(node),
    ):
        for name, headers in BAD.items():
            sender.publish(Packed(name, headers, b"?"), CAMERAS[0])
        published(node, file)
        until(lambda: len(letters(broker, made)) == len(BAD), within=SOON)
    return made


def test_dead_letters_are_listed_put_back_and_thrown_away(
    camweave: Run, node: Node, site: str, topology: Topology
) -> None:
    status, out, _ = camweave("broker", "letters", "--site", site)
    assert status == 0
    assert "newer camweave" in next(line for line in out.splitlines() if " lie " in line)
    told = json.loads(camweave("broker", "letters", "--site", site, "--json")[1])
    assert {each["id"] for each in told["letters"]} == set(BAD)

    status, _, err = camweave("broker", "put-back", "--site", site, "another")
    assert (status, err) == (2, f"camweave: site {site}: no dead letter is called another\n")
    assert camweave("broker", "put-back", "--site", site)[0] == 2
    assert camweave("broker", "put-back", "--site", site, "lie")[1] == "put back: 1\n"
    with broker_at(node.url) as broker, working(node):
        again = lambda: len(letters(broker, topology)) == len(BAD)  # it is refused again
        until(again, within=SOON)

    assert camweave("broker", "discard", "--site", site, "--all")[1] == "discarded: 2\n"
    assert camweave("broker", "letters", "--site", site)[1] == f"site {site}: no dead letters\n"


def test_a_site_is_told_of_and_erased(
    camweave: Run, node: Node, site: str, topology: Topology
) -> None:
    told = json.loads(camweave("broker", "info", "--site", site, "--json")[1])
    assert (told["site"], told["run"], told["lossless"]) == (site, "one", True)
    assert told["queues"][topology.dead.name] == {"messages": 2, "consumers": 0}
    assert topology.log.name in camweave("broker", "info", "--site", site)[1]
    assert camweave("broker", "erase", site)[:2] == (0, f"erased: {site}\n")
    with broker_at(node.url) as broker:
        assert depths(broker, told["queues"]) == {}
    status, _, err = camweave("broker", "info", "--site", site)
    assert status == 2
    assert err.startswith(f"camweave: no site {site} on the broker")


def test_a_run_of_the_other_kind_is_refused_and_nobody_leaves_the_one_that_there_is(
    camweave: Run, site: str, file: Path, topology: Topology
) -> None:
    assert topology.lossless
    status, _, err = camweave("publish", file, "--run", "live")
    assert status == 1
    assert "it is there with other settings" in err
    assert json.loads(camweave("broker", "info", "--site", site, "--json")[1])["run"] == "one"


def test_who_is_not_let_in_is_told_so_without_a_password(camweave: Run, node: Node) -> None:
    wrong = node.url.replace("guest:guest", "me:s3cret")
    for role in (["broker", "info"], ["work"], ["link-live"]):
        status, _, err = camweave(*role, "--broker", wrong)
        assert status == 1
        assert err.endswith("the broker does not let 'me' in: wrong name or password\n")
        assert len(err.splitlines()) == 1
        assert "s3cret" not in err
