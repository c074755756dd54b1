"""What is away for a while is waited for, and told once."""

import logging
from threading import Event

import pytest

from camweave.app.jobs.roles.patience import Patience, Stopped
from camweave.core.errors import JobError


def test_it_is_tried_again_until_it_goes_well_and_each_reason_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reasons = ["the store is away", "the store is away", "the disk is full"]

    def work() -> str:
        if reasons:
            raise JobError(reasons.pop(0))
        return "done"

    with caplog.at_level(logging.WARNING):
        assert Patience("work", Event()).until_done(work) == "done"
    assert [record.message for record in caplog.records] == [
        "work: the store is away; trying again",
        "work: the disk is full; trying again",
        "work: it goes well again",
    ]


def test_who_is_stopped_waits_no_longer() -> None:
    stopped = Event()

    def work() -> None:
        stopped.set()
        raise JobError("away")

    with pytest.raises(Stopped):
        Patience("work", stopped).until_done(work)


def test_what_is_a_mistake_of_ours_is_not_tried_again() -> None:
    with pytest.raises(ZeroDivisionError):
        Patience("work", Event()).until_done(lambda: 1 / 0)
