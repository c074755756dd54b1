"""What happens, told as it does: server-sent events (WHATWG HTML, 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Header, HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from camweave.core.station import Happening, Station

LOOK: Final = 0.2  # s between two looks for news
BEAT: Final = 15.0  # s of silence after which a comment is sent, so that proxies keep it open
LISTENERS: Final = 100  # at once


def event_routes(station: Station) -> APIRouter:
    """`/api/events`."""
    router = APIRouter(prefix="/api", tags=["site"])
    listeners: set[object] = set()

    @router.get("/events", response_class=StreamingResponse)
    async def events(
        last_event_id: Annotated[int | None, Header(ge=0)] = None,
    ) -> StreamingResponse:
        """Entered, left, linked, merged, split, cameras up and down.

        Begins with what happens next or, for one who was cut off, after the last it has had. A
        `Last-Event-ID` that was not given out yet is another server's, and counts as none.
        """
        if len(listeners) >= LISTENERS:
            raise HTTPException(503, f"{LISTENERS} listen already")
        return StreamingResponse(
            told(station, last_event_id, listeners),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return router


async def told(station: Station, after: int | None, listeners: set[object]) -> AsyncIterator[str]:
    """Each thing that happens, as it is written on the wire."""
    seat = object()
    listeners.add(seat)
    try:
        newest = await run_in_threadpool(last, station)
        if after is None or after > newest:  # from before the server began anew
            after = newest
        quiet = 0.0
        yield "retry: 1000\n\n"
        while True:
            news = await run_in_threadpool(station.happenings, after)
            for each in news:
                yield written(each)
            after = news[-1].seq if news else after
            quiet = 0.0 if news else quiet + LOOK
            if quiet >= BEAT:
                quiet = 0.0
                yield ": still here\n\n"
            await asyncio.sleep(LOOK)
    finally:
        listeners.discard(seat)


def last(station: Station) -> int:
    """The number of the newest."""
    past = station.happenings()
    return past[-1].seq if past else 0


def written(happening: Happening) -> str:
    """One event on the wire."""
    data = json.dumps(asdict(happening), ensure_ascii=False)
    return f"id: {happening.seq}\nevent: {happening.kind}\ndata: {data}\n\n"
