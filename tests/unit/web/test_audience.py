"""What the loop sees of the show. The pictures come from a real one, hand-fed."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.small_show import GATE, SITE, YARD, counts_of, frame_of

from camweave.app.runtime.showing import Showing
from camweave.core.frame import CameraId
from camweave.web.audience import Audience, AudienceParams, Channel


@pytest.fixture
def showing() -> Iterator[Showing]:
    with Showing(SITE) as made:
        yield made


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:  # noqa: ASYNC110 - it has no event of its own
        await asyncio.sleep(0.005)
    return condition()


def run(story: Callable[[], Coroutine[None, None, None]]) -> None:
    """In a thread of its own: the tests' browser has the loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(story())).result()


def seq_of(channel: Channel) -> int:
    return -1 if channel.picture is None else channel.picture.seq


def test_however_many_look_a_camera_is_watched_once_at_each_width(showing: Showing) -> None:
    async def story() -> None:
        audience = Audience(showing)
        one = audience.watch(GATE, 300, lambda: None)
        other = audience.watch(GATE, 320, lambda: None)
        large = audience.watch(GATE, None, lambda: None)
        with one as first, other as second, large as third:
            assert first is second
            assert first is not third
            assert counts_of(showing).watches == 2
        assert counts_of(showing).watches == 0

    run(story)


def test_everybody_is_told_of_every_new_picture_and_of_no_old_one(showing: Showing) -> None:
    async def story() -> None:
        audience, told = Audience(showing), [0, 0]

        def tell(who: int) -> Callable[[], None]:
            def count() -> None:
                told[who] += 1

            return count

        with audience.watch(GATE, None, tell(0)) as channel:
            assert await until(lambda: seq_of(channel) == 0)
            with audience.watch(GATE, None, tell(1)):
                before = tuple(told)
                showing.show(frame_of())
                assert await until(lambda: seq_of(channel) == 1)
                assert tuple(told) == (before[0] + 1, before[1] + 1)
                await asyncio.sleep(0.05)
                assert tuple(told) == (before[0] + 1, before[1] + 1)

    run(story)


def test_a_part_is_made_once_for_each_picture(showing: Showing) -> None:
    async def story() -> None:
        with Audience(showing, began=5.0).watch(GATE, None, lambda: None) as channel:
            assert await until(lambda: channel.picture is not None)
            picture = channel.picture
            assert picture is not None
            assert channel.part(picture) is channel.part(picture)
            assert b"X-Timestamp: 5.000000\r\n" in channel.part(picture)

    run(story)


def test_a_camera_that_went_and_came_again_is_watched_anew(showing: Showing) -> None:
    async def story() -> None:
        audience = Audience(showing)
        with audience.watch(YARD, None, lambda: None) as before:
            showing.remove(YARD)
            assert await until(lambda: before.over)
            with pytest.raises(KeyError), audience.watch(YARD, None, lambda: None):
                pass
            showing.add(YARD)
            with audience.watch(YARD, None, lambda: None) as after:
                assert after is not before
                assert await until(lambda: after.picture is not None)
                assert not after.over
        assert counts_of(showing, YARD).watches == 0

    run(story)


def test_a_snapshot_leaves_no_watch_behind(showing: Showing) -> None:
    async def story() -> None:
        audience = Audience(showing)
        taken = await asyncio.gather(*(audience.snapshot(GATE, None) for _ in range(20)))
        assert len({id(picture) for picture in taken}) == 1
        assert taken[0] is not None
        with pytest.raises(KeyError):
            await audience.snapshot(CameraId("roof"), None)
        assert counts_of(showing).encoded == 1
        assert counts_of(showing).watches == 0

    run(story)


def test_a_show_that_stands_still_is_not_waited_for() -> None:
    async def story() -> None:
        audience = Audience(Showing(SITE))  # never opened
        assert await audience.snapshot(GATE, None, patience=0.05) is None

    run(story)


def test_there_is_room_up_to_the_limit_and_none_once_closed(showing: Showing) -> None:
    async def story() -> None:
        audience, told = Audience(showing, params=AudienceParams(viewers=2)), list[int]()
        with audience.viewer(lambda: told.append(1)):
            assert audience.has_room()
            with audience.viewer(lambda: told.append(2)):
                assert not audience.has_room()
            assert audience.has_room()
            audience.close()
            assert not audience.has_room()
        assert told == [1]
        assert (audience.tally.viewers, audience.tally.refused) == (0, 2)

    run(story)
