"""What listeners hear of a site, and from where on."""

import asyncio

import pytest
from tests.support.plain_station import PlainStation

from camweave.core.frame import CameraId
from camweave.web.event_routes import told


@pytest.mark.parametrize(
    ("last", "heard"),
    [
        (None, "id: 4\n"),  # what happens next
        (1, "id: 2\n"),  # cut off after the first: what was missed comes first
        (3, "id: 4\n"),
        (99, "id: 4\n"),  # of a server before this one: as if nothing had been heard
    ],
)
def test_a_listener_goes_on_after_what_it_has_heard_of_this_server(
    last: int | None, heard: str
) -> None:
    station = PlainStation((CameraId("gate"),))
    for _ in range(3):
        station.happen("camera", "gate is live")

    async def listen() -> str:
        telling = told(station, last, set())
        assert (await anext(telling)).startswith("retry:")
        station.happen("camera", "gate is reconnecting")
        news = await asyncio.wait_for(anext(telling), 5)
        await telling.aclose()  # type: ignore[attr-defined]  # it is a generator
        return news

    assert asyncio.run(listen()).startswith(heard)
