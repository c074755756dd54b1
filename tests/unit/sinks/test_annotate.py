import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F32, U8, Bool
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.tracks import UNDETECTED, UNLINKED, Tracks, View
from camweave.sinks.annotate import PENDING, AnnotateParams, Annotator, clock_text
from camweave.sinks.colours import id_colour
from camweave.sinks.pen import Pen

BARE = AnnotateParams(trail=0, labels=False, banner=False)
GRAY = 90


def frame_at(time: float, size: tuple[int, int] = (640, 360)) -> Frame:
    width, height = size
    stamp = Stamp(time, CameraId("cam"), round(time * 10))
    return Frame(stamp, np.full((height, width, 3), GRAY, np.uint8))


def view_of(
    frame: Frame, xyxy: object, ids: list[int] | None = None, detection: list[int] | None = None
) -> View:
    boxes: F32 = np.array(xyxy, np.float32).reshape(-1, 4)
    n = len(boxes)
    tracks = Tracks(
        frame.stamp,
        np.array(ids if ids is not None else range(1, n + 1), np.int64),
        boxes,
        np.full(n, 0.5, np.float32),
        np.zeros(n, np.int32),
        np.array(detection if detection is not None else range(n), np.int64),
    )
    return View(frame.stamp, tracks)


def drawn(image: U8) -> Bool:
    """(H, W) where the picture differs from the plain ground."""
    return np.asarray((image != GRAY).any(axis=2), np.bool_)


def test_a_box_is_outlined_in_the_colour_of_its_id_and_left_open() -> None:
    frame = frame_at(0)
    image = Annotator(params=BARE).draw(frame, view_of(frame, [100, 100, 200, 250], [7]))
    for x, y in ((100, 170), (200, 170), (150, 100), (150, 250)):
        assert tuple(image[y, x].tolist()) == id_colour(7)
    assert not drawn(image)[110:240, 110:190].any()


def test_the_frame_itself_is_not_touched() -> None:
    frame = frame_at(0)
    Annotator().draw(frame, view_of(frame, [100, 100, 200, 250]))
    assert (frame.image == GRAY).all()


def test_a_predicted_box_is_dashed() -> None:
    frame = frame_at(0)
    box = [100, 100, 200, 250]
    whole = Annotator(params=BARE).draw(frame, view_of(frame, box))
    dashed = Annotator(params=BARE).draw(frame, view_of(frame, box, detection=[UNDETECTED]))
    edge = np.asarray(drawn(dashed)[100, 100:200], np.bool_)
    assert 0.3 < edge.mean() < 0.8
    assert drawn(whole)[100, 100:200].all()
    assert (edge[1:] & ~edge[:-1]).sum() >= 5, "there are several dashes"


def test_colour_and_number_are_those_of_the_identity() -> None:
    frame = frame_at(0)
    boxes = [[100, 100, 300, 250]]
    alone = Annotator().draw(frame, view_of(frame, boxes, [31]))
    linked = Annotator().draw(frame, view_of(frame, boxes, [4]), np.array([31], np.int64))
    assert np.array_equal(alone, linked), "what its track is called does not matter"


def test_a_track_that_nobody_has_linked_yet_has_gray_corners_and_a_question_mark() -> None:
    frame = frame_at(0)
    view = view_of(frame, [100, 100, 300, 250], [7])
    pending = np.array([UNLINKED], np.int64)
    image = Annotator(params=BARE).draw(frame, view, pending)
    assert tuple(image[100, 100].tolist()) == PENDING
    edge = np.asarray(drawn(image)[100, 100:300], np.bool_)
    assert 0.3 < edge.mean() < 0.8
    assert edge[:20].all()
    assert edge[-20:].all()
    assert not edge[80:120].any(), "its corners only"
    labelled = Annotator(params=AnnotateParams(trail=0, banner=False)).draw(frame, view, pending)
    assert drawn(labelled).sum() > drawn(image).sum() + 100


def test_the_small_picture_shows_the_same_things_in_the_same_places() -> None:
    frame = frame_at(0, (1280, 720))
    view = view_of(frame, [400, 200, 800, 600])
    annotator = Annotator(params=BARE)
    annotator.follow(view)
    large, small = annotator.paint(frame, view), annotator.paint(frame, view, width=320)
    assert small.shape == (180, 320, 3)
    assert large.shape == (720, 1280, 3)
    for image, ratio in ((large, 1), (small, 4)):
        rows, columns = (np.flatnonzero(drawn(image).any(axis=axis)) * ratio for axis in (1, 0))
        assert abs(columns[0] - 400) <= 8
        assert abs(columns[-1] - 800) <= 8
        assert abs(rows[0] - 200) <= 8
        assert abs(rows[-1] - 600) <= 8
    assert np.array_equal(frame.image, frame_at(0, (1280, 720)).image)


def test_a_wider_picture_than_there_is_cannot_be_had() -> None:
    frame = frame_at(0)
    view = view_of(frame, [100, 100, 200, 250])
    image = Annotator(params=BARE).paint(frame, view, width=5000)
    assert image.shape == frame.image.shape
    assert (frame.image == GRAY).all()


def test_on_the_sites_clock_the_banner_shows_the_date() -> None:
    frame = frame_at(2.5)
    began = AnnotateParams(trail=0, began=1_700_000_000.0)
    dated = Annotator(params=began).draw(frame, view_of(frame, []))
    media = Annotator(params=AnnotateParams(trail=0)).draw(frame, view_of(frame, []))
    assert drawn(dated).any(axis=0).sum() > drawn(media).any(axis=0).sum() + 20


def test_the_nearer_object_is_drawn_over_the_one_behind_it() -> None:
    frame = frame_at(0)
    near, far = [100, 100, 200, 300], [100, 50, 200, 200]
    for order, ids in (((near, far), [1, 2]), ((far, near), [2, 1])):
        image = Annotator(params=BARE).draw(frame, view_of(frame, order, ids))
        assert tuple(image[150, 100].tolist()) == id_colour(1)


def test_a_trail_follows_the_feet_and_ends_after_its_seconds() -> None:
    annotator = Annotator(params=AnnotateParams(trail=1.0, labels=False, banner=False))
    image = np.empty(0, np.uint8)
    for i in range(30):
        frame = frame_at(i / 10)
        x = 10 * i
        image = annotator.draw(frame, view_of(frame, [x, 100, x + 40, 200], [3]))
    row = np.asarray(drawn(image)[199:202].any(axis=0), np.bool_)
    assert row[220:300].all(), "the last second: 10 steps of 10 px up to x = 310"
    assert not row[:200].any()


def test_no_trail_is_drawn_where_none_is_wanted() -> None:
    annotator = Annotator(params=BARE)
    annotator.draw(frame_at(0), view_of(frame_at(0), [300, 100, 340, 200]))
    image = annotator.draw(frame_at(0.1), view_of(frame_at(0.1), [0, 100, 40, 200]))
    assert not drawn(image)[:, 60:].any()


def test_a_label_shows_on_a_wide_box_and_the_id_alone_on_a_narrow_one() -> None:
    frame = frame_at(0)
    params = AnnotateParams(trail=0, banner=False)

    def width_of_label(box: list[int]) -> int:
        image = Annotator(("person",), params).draw(frame, view_of(frame, box))
        return int(drawn(image)[box[1] - 8].sum())

    assert width_of_label([100, 100, 400, 250]) > 3 * width_of_label([100, 100, 110, 130]) > 0


def test_the_banner_names_camera_and_time_and_darkens_the_corner() -> None:
    frame = frame_at(0)
    image = Annotator(params=AnnotateParams()).draw(frame, view_of(frame, []))
    changed = drawn(image)
    assert changed[0, :80].all()
    assert not changed[40:].any()
    assert not changed[:, 320:].any()


@pytest.mark.parametrize(
    "size", [(3840, 2160), (1920, 1080), (640, 360), (161, 91), (16, 16), (1, 1)]
)
def test_any_size_of_image_can_be_drawn_on(size: tuple[int, int]) -> None:
    frame = frame_at(12.5, size)
    width, height = size
    boxes = [[0, 0, width, height], [-50, -50, width * 2, 5], [width / 2, 0, width / 2, height]]
    image = Annotator(("person",)).draw(frame, view_of(frame, boxes, detection=[0, -1, 1]))
    assert image.shape == frame.image.shape
    assert drawn(image).any()


def test_lines_grow_with_the_image() -> None:
    widths = [Pen.for_image(side, 2 * side).line for side in (90, 360, 720, 1080, 2160)]
    assert widths == sorted(widths)
    assert widths[0] >= 2
    assert widths[-1] == 6


def test_classes_and_ids_nobody_knows_are_drawn_all_the_same() -> None:
    frame = frame_at(0)
    view = view_of(frame, [100, 100, 300, 250], [10**12])
    assert drawn(Annotator(("車", "naïve")).draw(frame, view)).any()
    assert drawn(Annotator(()).draw(frame, view)).any()


@given(st.lists(st.tuples(*[st.floats(-(2.0**99), 2.0**99, width=32)] * 4), max_size=5))
def test_no_box_however_wild_breaks_the_drawing(
    rows: list[tuple[float, float, float, float]],
) -> None:
    frame = frame_at(0, (160, 90))
    annotator = Annotator(("person",))
    for _ in range(2):
        assert annotator.draw(frame, view_of(frame, rows)).shape == (90, 160, 3)


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (0.0, "0:00:00.000"),
        (-1.5, "-0:00:01.500"),
        (59.9996, "0:01:00.000"),
        (360000.0, "100:00:00.000"),
        (1e12, "277777777:46:40.000"),
        (1_700_000_000.25, "2023-11-14 22:13:20.250"),
    ],
)
def test_a_time_reads_as_people_write_it(time: float, text: str) -> None:
    assert clock_text(Stamp(time, CameraId("c"), 0)) == text
