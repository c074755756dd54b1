import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event

import cv2
import numpy as np
import pytest
from tests.support.small_show import GATE, SITE, YARD, counts_of, frame_of, view_of, wait_until

from camweave.app.runtime.drawing import ShowingParams
from camweave.app.runtime.showing import Showing
from camweave.core.arrays import U8, Bool
from camweave.core.frame import CameraId
from camweave.core.picture import Picture, Pictures, Watch
from camweave.core.tracks import UNLINKED
from camweave.sinks.annotate import AnnotateParams
from camweave.sinks.colours import id_colour

PLAIN = ShowingParams(annotate=AnnotateParams(trail=0, labels=False, banner=False))
TRAILS = ShowingParams(annotate=AnnotateParams(trail=2.0, labels=False, banner=False))
BOX = [60.0, 40.0, 140.0, 140.0]


@pytest.fixture
def showing() -> Iterator[Showing]:
    with Showing(SITE, ("person",), PLAIN) as made:
        yield made


def pixels(picture: Picture | None) -> U8:
    assert picture is not None
    found = np.asarray(cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR))
    assert found.shape == (picture.height, picture.width, 3)
    return np.asarray(found, np.uint8)


def drawn_on(image: U8, gray: int = 90) -> Bool:
    """(H, W) where more was changed than JPEG changes."""
    return np.asarray((np.abs(image.astype(np.int16) - gray) > 40).any(axis=2), np.bool_)


def newest_of(watch: Watch, seq: int) -> Picture:
    """The picture of this number or a later one, as soon as it is there."""
    assert wait_until(lambda: (picture := watch.newest()) is not None and picture.seq >= seq)
    picture = watch.newest()
    assert picture is not None
    return picture


def silently() -> None:
    """Nobody has to be woken."""


def test_a_showing_is_what_the_web_asks_for_pictures(showing: Showing) -> None:
    pictures: Pictures = showing
    assert tuple(pictures.cameras) == SITE


def test_nothing_is_encoded_while_nobody_watches(showing: Showing) -> None:
    for index in range(50):
        frame = frame_of(index=index)
        showing.show(frame, view_of(frame, [BOX]))
    time.sleep(0.1)
    counts = counts_of(showing)
    assert (counts.shown, counts.encoded, counts.skipped, counts.watches) == (50, 0, 0, 0)


def test_a_picture_is_encoded_once_for_all_who_watch_and_only_for_their_camera(
    showing: Showing,
) -> None:
    with ExitStack() as open_ends:
        watches = [open_ends.enter_context(showing.watch(GATE, silently)) for _ in range(20)]
        for watch in watches:
            newest_of(watch, 0)
        for index in range(5):
            for camera in SITE:
                frame = frame_of(camera, index)
                showing.show(frame, view_of(frame))
            seen = {id(newest_of(watch, index + 1)) for watch in watches}
            assert len(seen) == 1, "the very same picture"
    assert counts_of(showing).encoded == 6, "what was there at first, and five more"
    assert counts_of(showing, YARD).encoded == 0


def test_who_watches_is_woken_for_each_new_picture_and_no_longer_afterwards(
    showing: Showing,
) -> None:
    woken = Event()
    with showing.watch(GATE, woken.set) as watch:
        for seq in range(3):
            assert woken.wait(10)
            woken.clear()
            assert newest_of(watch, seq).seq == seq
            showing.show(frame_of(index=seq))
        assert woken.wait(10)
    woken.clear()
    showing.show(frame_of(index=9))
    assert not woken.wait(0.1)


def test_who_comes_later_sees_what_is_shown_now_and_never_what_is_past(showing: Showing) -> None:
    frame = frame_of(index=0, gray=30)
    showing.show(frame, view_of(frame))
    with showing.watch(GATE, silently) as watch:
        assert newest_of(watch, 1).time == 0.0
    later = frame_of(index=7, gray=200)
    showing.show(later, view_of(later))
    with showing.watch(GATE, silently) as watch:
        assert newest_of(watch, 0).time == 0.7
        with showing.watch(GATE, silently, width=160) as small:
            assert newest_of(small, 0).time == 0.7


def test_the_raw_picture_is_shown_until_the_first_annotated_one(showing: Showing) -> None:
    with showing.watch(GATE, silently) as watch:
        showing.show(frame_of(index=0))
        assert not drawn_on(pixels(newest_of(watch, 1))).any()
        frame = frame_of(index=1)
        showing.show(frame, view_of(frame, [BOX]))
        assert drawn_on(pixels(newest_of(watch, 2))).any()
        showing.show(frame_of(index=2))
        time.sleep(0.1)
        assert newest_of(watch, 0).seq == 2, "raw pictures are over"


def test_the_colour_is_that_of_the_identity_and_gray_while_it_is_unknown(
    showing: Showing,
) -> None:
    frame = frame_of(size=(640, 360))
    boxes = [[40, 40, 140, 300], [240, 40, 340, 300]]
    with showing.watch(GATE, silently) as watch:
        showing.show(frame, view_of(frame, boxes), np.array([12, UNLINKED], np.int64))
        image = pixels(newest_of(watch, 1)).astype(np.int16)
    linked, pending = image[170, 40], image[42:50, 240].mean(axis=0)
    assert np.abs(linked - id_colour(12)).max() < 60, "JPEG blurs colours"
    assert np.ptp(pending) < 30, "gray"
    assert np.abs(image[170, 240] - 90).max() < 20, "corners only"


def test_a_camera_that_is_down_shows_why_until_it_is_back(showing: Showing) -> None:
    with showing.watch(GATE, silently) as watch:
        frame = frame_of(index=3, gray=200, size=(640, 360))
        showing.show(frame, view_of(frame))
        newest_of(watch, 1)
        showing.down(GATE, "connection lost; trying again", 0.9)
        picture = newest_of(watch, 2)
        image = pixels(picture)
        assert 0.9 <= picture.time < 10
        assert image.shape == (360, 640, 3), "as large as what it stands for"
        assert 5 < image.mean() < 110, "dark"
        showing.show(frame_of(index=4, gray=200))
        assert pixels(newest_of(watch, 3)).mean() > 190, "the raw picture is news again"


def test_a_camera_that_never_showed_anything_has_a_placeholder_too(showing: Showing) -> None:
    with showing.watch(YARD, silently) as watch:
        assert pixels(newest_of(watch, 0)).std() > 5


def test_a_camera_that_stays_down_is_drawn_again_for_those_who_watch_alone(
    showing: Showing,
) -> None:
    """A browser shows nothing of a stream before its second picture."""
    showing.down(GATE, "connection lost", 5.0)
    with showing.watch(GATE, silently) as watch:
        first = newest_of(watch, 1)
        second = newest_of(watch, 2)
        assert 1 < second.time - first.time < 30, "the instant that it tells of"
        assert second.jpeg != first.jpeg, "it says for how long"
    counts = counts_of(showing)
    assert (counts.shown, counts.encoded) == (1, 2)
    assert counts_of(showing, YARD).encoded == 0


def test_another_reason_does_not_begin_the_count_anew(showing: Showing) -> None:
    showing.down(GATE, "connection lost", 5.0)
    time.sleep(0.2)
    showing.down(GATE, "no answer", 5.0)
    again = showing.snapshot(GATE)
    assert again is not None
    assert again.time >= 5.2
    showing.down(GATE, "connection lost", 6.5)
    anew = showing.snapshot(GATE)
    assert anew is not None
    assert anew.time == 6.5


def test_a_small_picture_is_drawn_small_not_made_small(showing: Showing) -> None:
    frame = frame_of(size=(1280, 720))
    with (
        showing.watch(GATE, silently) as full,
        showing.watch(GATE, silently, width=300) as small,
    ):
        showing.show(frame, view_of(frame, [[400, 200, 800, 600]]))
        large, little = pixels(newest_of(full, 1)), pixels(newest_of(small, 1))
    assert large.shape == (720, 1280, 3)
    assert little.shape == (180, 320, 3), "300 px are rounded up"
    assert drawn_on(little)[50:150, 98:104].any(axis=1).mean() > 0.9, "its lines are 2 px wide"


def test_widths_that_a_camera_does_not_reach_share_one_picture(showing: Showing) -> None:
    with ExitStack() as open_ends:
        watches = [
            open_ends.enter_context(showing.watch(GATE, silently, width=width))
            for width in (None, 320, 640, 5000, 160)
        ]
        for watch in watches:
            newest_of(watch, 0)
        before = counts_of(showing).encoded
        showing.show(frame_of(size=(320, 180)))
        made = [newest_of(watch, 1) for watch in watches]
    assert [picture.width for picture in made] == [320, 320, 320, 320, 160]
    assert counts_of(showing).encoded == before + 2


def test_a_snapshot_is_encoded_once_as_long_as_nothing_new_is_shown(showing: Showing) -> None:
    frame = frame_of()
    showing.show(frame, view_of(frame, [BOX]))
    first, second = showing.snapshot(GATE), showing.snapshot(GATE)
    assert first is second is not None
    assert counts_of(showing).encoded == 1
    showing.show(frame_of(index=1), view_of(frame, [BOX]))
    third = showing.snapshot(GATE)
    assert third is not None
    assert third.seq == 2


def test_no_camera_no_picture(showing: Showing) -> None:
    nowhere = CameraId("nowhere")
    with pytest.raises(KeyError), showing.watch(nowhere, silently):
        pass
    with pytest.raises(KeyError):
        showing.snapshot(nowhere)
    showing.show(frame_of(nowhere))
    showing.down(nowhere, "never heard of it", 0.0)


def test_cameras_come_and_go_while_others_are_watched(showing: Showing) -> None:
    woken, roof = Event(), CameraId("roof")
    with showing.watch(YARD, woken.set) as watch:
        newest_of(watch, 0)
        woken.clear()
        showing.remove(YARD)
        assert woken.wait(10)
        assert watch.over
        showing.add(roof)
        assert showing.cameras == (GATE, SITE[2], roof)
        assert showing.snapshot(roof) is not None


def test_the_line_never_waits_for_those_who_watch(showing: Showing) -> None:
    woken, go_on = Event(), Event()

    def wake() -> None:  # as slow as it must not be
        woken.set()
        go_on.wait(10)

    with showing.watch(GATE, wake) as watch:
        assert woken.wait(10), "the thread that draws stands still now"
        began = time.monotonic()
        for index in range(100):
            frame = frame_of(index=index)
            showing.show(frame, view_of(frame, [BOX]))
        assert time.monotonic() - began < 5
        go_on.set()
        assert newest_of(watch, 100).seq == 100
    assert counts_of(showing).encoded == 2
    assert counts_of(showing).skipped == 99, "overtaken, and counted"


def test_cameras_take_turns(showing: Showing) -> None:
    """One that shows far too much does not keep another from being seen."""
    with showing.watch(GATE, silently), showing.watch(YARD, silently) as watch:
        showing.show(frame_of(YARD, 0))
        for index in range(300):
            showing.show(frame_of(GATE, index))
        assert newest_of(watch, 1).seq == 1


def test_a_trail_holds_what_was_seen_while_no_picture_was_made() -> None:
    with Showing((GATE,), (), TRAILS) as showing:
        for index in range(16):
            frame = frame_of(index=index, size=(640, 360))
            x = 30.0 * index
            showing.show(frame, view_of(frame, [[x, 100, x + 40, 200]]))
        image = pixels(showing.snapshot(GATE))
    assert drawn_on(image)[197:204, 20:450].any(axis=0).mean() > 0.95


def test_a_trail_does_not_reach_over_into_a_new_epoch() -> None:
    with Showing((GATE,), (), TRAILS) as showing:
        for index in range(10):
            frame = frame_of(index=index, epoch=index // 5, size=(640, 360))
            x = 400.0 if index < 5 else 100.0 + 5 * index
            showing.show(frame, view_of(frame, [[x, 100, x + 40, 200]]))
        image = pixels(showing.snapshot(GATE))
    assert drawn_on(image)[190:210, :200].any()
    assert not drawn_on(image)[:, 220:].any()


def test_a_picture_that_cannot_be_drawn_is_told_once_and_the_next_one_is_shown(
    showing: Showing, caplog: pytest.LogCaptureFixture
) -> None:
    empty = np.empty((0, 0, 3), np.uint8)
    with caplog.at_level(logging.ERROR), showing.watch(GATE, silently) as watch:
        newest_of(watch, 0)
        for index in range(3):
            showing.show(frame_of(index=index, image=empty))
            time.sleep(0.05)
        showing.show(frame_of(index=3))
        assert newest_of(watch, 4).seq == 4
    assert len(caplog.records) == 1
    assert "gate" in caplog.text


def test_the_end_of_the_show_is_told_to_those_who_watch() -> None:
    woken = Event()
    showing = Showing((GATE,))
    with ExitStack() as stays:
        with showing:
            watch = stays.enter_context(showing.watch(GATE, woken.set))
            newest_of(watch, 0)
            woken.clear()
        assert woken.wait(10)
        assert watch.over


def test_cameras_stand_in_the_order_that_is_said(showing: Showing) -> None:
    *rest, last = showing.cameras
    showing.arrange([last, CameraId("nobody")])
    assert showing.cameras == (last, *rest)
    showing.arrange([*rest, last])
    assert showing.cameras == (*rest, last)
