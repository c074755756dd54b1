"""Which broker a role uses, and how long it insists."""

import pytest

from camweave.app.jobs.roles.patience import PAUSES
from camweave.app.jobs.roles.reaching import QUICK, broker_at, persistently
from camweave.broker.errors import BrokerError
from camweave.core.backoff import Backoff, Outages
from camweave.core.errors import InputError


def test_the_option_stands_above_the_environment_and_variables_are_filled_in() -> None:
    there = {"CAMWEAVE_BROKER": "amqp://me:${SECRET}@rabbit/", "SECRET": "s3cret"}
    assert broker_at(None, there).params.password == there["SECRET"]
    assert broker_at("amqp://localhost:5673", there).params.where == "localhost:5673"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (None, "no broker: give --broker"),
        ("amqp://me:${MISSING}@rabbit/", "MISSING is not set"),
        ("http://me:s3cret@rabbit/", "expected an address"),
    ],
)
def test_what_is_no_address_is_told_without_its_password(url: str | None, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        broker_at(url, {})
    assert "s3cret" not in str(refused.value)


def test_what_another_role_is_just_making_is_waited_for() -> None:
    errors = [BrokerError("no such queue"), BrokerError("no such exchange")]

    def work() -> str:
        if errors:
            raise errors.pop()
        return "done"

    assert persistently(work) == "done"


def test_a_no_is_a_no() -> None:
    def work() -> None:
        raise BrokerError("wrong password", denied=True)

    with pytest.raises(BrokerError, match="wrong password"):
        persistently(work)


@pytest.mark.parametrize("backoff", [QUICK, PAUSES])
def test_while_frames_wait_what_is_away_is_looked_for_every_few_seconds_however_long(
    backoff: Backoff,
) -> None:
    outages, now, pauses = Outages(backoff, 0.0), 0.0, [0.0]
    while now < 3600.0:
        pauses.append(outages.down(now, chance=1.0))
        now += pauses[-1]
    assert max(pauses) < 2.5
