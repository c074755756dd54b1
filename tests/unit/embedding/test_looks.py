"""Which crops of tracklets are embedded, and what becomes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F32, I64, U8
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.tracks import UNDETECTED, Tracklets
from camweave.embedding.choice import choose, frames_needed, offsets_of, quality
from camweave.embedding.looks import IN_HAND, embed_tracklets, look_at
from camweave.embedding.params import CropParams

CAMERA = CameraId("gate")
WIDTH, HEIGHT = 160, 120


def tracklets(*lengths: int, first: Sequence[int] | None = None, score: float = 0.9) -> Tracklets:
    """One after the other from left to right, each standing still, from frame 0 or `first` on."""
    starts = first or [0] * len(lengths)
    frame = [np.arange(start, start + count) for start, count in zip(starts, lengths, strict=True)]
    left = np.repeat(np.arange(len(lengths)) * 40 + 5, lengths)
    xyxy = np.stack((left, np.full_like(left, 20), left + 30, np.full_like(left, 90)), axis=1)
    rows = sum(lengths)
    frames = np.concatenate([*frame, np.empty(0, np.int64)]).astype(np.int64)
    return Tracklets(
        camera=CAMERA,
        fps=10.0,
        width=WIDTH,
        height=HEIGHT,
        tracklet_id=np.arange(1, len(lengths) + 1),
        class_id=np.zeros(len(lengths), np.int32),
        offsets=np.cumsum([0, *lengths]),
        frame=frames,
        time=frames / 10.0,
        xyxy=xyxy.astype(np.float32),
        score=np.full(rows, score, np.float32),
        detection=np.arange(rows),
    )


def picture(index: int) -> U8:
    """Checks whose red tells the frame."""
    rows, columns = np.indices((HEIGHT, WIDTH)) // 3
    grey = ((rows + columns) % 2 * 120 + 60).astype(np.uint8)
    image = np.repeat(grey[..., None], 3, axis=2)
    image[..., 2] = index
    return image


class Film:
    """Frames that count how many of them were asked for."""

    def __init__(self, count: int, *, only: Sequence[int] | None = None) -> None:
        self.asked = 0
        self._indices = range(count) if only is None else only

    def __iter__(self) -> Iterator[Frame]:
        for index in self._indices:
            self.asked += 1
            yield Frame(Stamp(index / 10, CAMERA, index), picture(index))


class Reds:
    """An embedder whose vector tells the red of a crop, and that keeps how many it was given."""

    name = "reds"
    dimension = 2

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.bases: list[bool] = []

    def embed(self, crops: Sequence[U8]) -> F32:
        self.batches.append(len(crops))
        self.bases += [crop.base is None for crop in crops]
        reds = np.array([crop[0, 0, 2] for crop in crops], np.float64)
        found = np.stack((np.cos(reds / 200), np.sin(reds / 200)), axis=1).astype(np.float32)
        found[reds == 99] = 0  # what cannot be embedded
        return found


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=5),
    st.integers(1, 12),
    st.integers(0, 2**31),
)
def test_at_most_so_many_are_chosen_the_best_of_each_stretch(
    lengths: list[int], most: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    given_ = tracklets(*lengths)
    seen = rng.random(len(given_.frame)) < 0.8
    score = rng.random(len(given_.frame)).astype(np.float32)
    given_ = replace(given_, detection=np.where(seen, 0, UNDETECTED), score=score)
    params = CropParams(most=most, enough=1)
    rows = choose(given_, params)
    assert np.all(np.diff(rows) > 0)
    assert (given_.detection[rows] != UNDETECTED).all()
    told = quality(given_)
    for m in range(len(given_)):
        own = np.arange(given_.offsets[m], given_.offsets[m + 1])
        own = own[seen[own]]
        chosen = rows[(rows >= given_.offsets[m]) & (rows < given_.offsets[m + 1])]
        assert len(chosen) == min(most, len(own))
        stretch = np.arange(len(own)) * len(chosen) // max(len(own), 1)
        for place, row in enumerate(chosen):
            rivals = own[stretch == place]
            assert row in rivals
            assert told[row] == told[rivals].max()


def test_ten_crops_of_a_tracklet_are_the_usual_number() -> None:
    assert len(choose(tracklets(300, 12, 4), CropParams())) == 24


def test_of_equally_good_crops_the_earliest_of_each_stretch_is_taken() -> None:
    assert choose(tracklets(30), CropParams(most=3)).tolist() == [0, 10, 20]


def test_who_is_hidden_is_not_chosen() -> None:
    given_ = tracklets(10, 10)
    xyxy = given_.xyxy.copy()
    in_front = np.array([0, 4, 0, 4], np.float32)  # of the first, for five frames
    xyxy[10:15] = xyxy[:5] + in_front
    rows = choose(replace(given_, xyxy=xyxy), CropParams(most=1, enough=1))
    assert rows[0] >= 5


def test_a_tracklet_that_was_never_seen_has_no_crops() -> None:
    given_ = replace(tracklets(5), detection=np.full(5, UNDETECTED))
    looks = look_at(Film(5), given_, Reds())
    assert looks.without == 1
    assert looks.tracklets.appearance is not None
    assert looks.tracklets.appearance.offsets.tolist() == [0, 0]


def test_no_tracklets_need_no_frames() -> None:
    film = Film(5)
    found = embed_tracklets(film, tracklets(), Reds())
    assert film.asked == 0
    assert found.appearance is not None
    assert found.appearance.embedding.shape == (0, 2)


def test_each_vector_is_that_of_the_row_it_names() -> None:
    given_ = tracklets(40, 25, 3, first=[0, 10, 33])
    look = embed_tracklets(Film(50), given_, Reds()).appearance
    assert look is not None
    assert look.offsets.tolist() == [0, 10, 20, 23]
    reds = given_.frame[look.row]
    expected = np.stack((np.cos(reds / 200), np.sin(reds / 200)), axis=1)
    np.testing.assert_allclose(look.embedding, expected, atol=1e-6)
    np.testing.assert_allclose(look.quality, quality(given_)[look.row], atol=1e-6)


def test_a_tracklet_gives_its_own_vectors() -> None:
    found = embed_tracklets(Film(50), tracklets(40, 3, first=[0, 10]), Reds())
    assert [len(each.embeddings) for each in found if each.embeddings is not None] == [10, 3]


def test_frames_behind_the_last_crop_are_not_asked_for() -> None:
    film = Film(500)
    embed_tracklets(film, tracklets(20), Reds())
    assert film.asked <= 20


def test_frames_without_a_crop_may_be_left_out() -> None:
    given_ = tracklets(100, 60)
    needed = frames_needed(given_, choose(given_, CropParams()))
    assert 10 <= len(needed) <= 20
    few, all_ = (
        embed_tracklets(film, given_, Reds()).appearance
        for film in (Film(100, only=needed.tolist()), Film(100))
    )
    assert few is not None
    assert all_ is not None
    assert np.array_equal(few.row, all_.row)
    assert np.array_equal(few.embedding, all_.embedding)


def test_crops_are_held_in_hand_few_at_a_time_and_let_their_frames_go() -> None:
    reds = Reds()
    embed_tracklets(Film(100), tracklets(100, 100, 90, 80), reds)
    assert sum(reds.batches) == 40
    assert max(reds.batches) <= IN_HAND
    assert all(reds.bases), "a view would keep its whole frame"


def test_a_video_that_ends_early_leaves_what_was_seen_until_then_and_says_so() -> None:
    given_ = tracklets(40, 10, 10, first=[0, 5, 30])
    looks = look_at(Film(20), given_, Reds())
    look = looks.tracklets.appearance
    assert look is not None
    assert np.diff(look.offsets).tolist() == [5, 10, 0]
    assert (given_.frame[look.row] < 20).all()
    assert (looks.chosen, looks.missing, looks.without) == (30, 15, 1)
    assert str(looks) == (
        "3 tracklets, 30 crops, 15 in frames that the video does not have, 1 tracklets have none"
    )


def test_a_crop_without_a_vector_is_left_out_and_counted() -> None:
    looks = look_at(Film(120), tracklets(8, first=[95]), Reds())
    look = looks.tracklets.appearance
    assert look is not None
    assert looks.failed == 1
    assert 4 not in look.row
    assert len(look) == 7


class Blurring(Film):
    """Frames of which some are out of focus."""

    def __init__(self, count: int, blurred: set[int]) -> None:
        super().__init__(count)
        self._blurred = blurred

    def __iter__(self) -> Iterator[Frame]:
        for frame in super().__iter__():
            image = frame.image
            if frame.stamp.index in self._blurred:
                image = np.asarray(cv2.GaussianBlur(image, (0, 0), 5.0), np.uint8)
            yield Frame(frame.stamp, image)


@pytest.mark.parametrize(
    ("count", "blurred", "left"),
    [(10, {2, 7}, 8), (3, {1}, 3), (10, set(range(10)), 10), (4, {0, 1}, 3), (4, {0}, 3)],
)
def test_blurred_crops_fall_only_where_enough_sharp_ones_remain(
    count: int, blurred: set[int], left: int
) -> None:
    looks = look_at(Blurring(count, blurred), tracklets(count), Reds())
    look = looks.tracklets.appearance
    assert look is not None
    assert len(look) == left
    assert looks.blurred == count - left
    assert set(range(count)) - set(look.row.tolist()) <= blurred


def test_a_blurred_crop_that_stays_has_less_quality() -> None:
    look = embed_tracklets(Blurring(3, {1}), tracklets(3), Reds()).appearance
    assert look is not None
    assert look.quality[1] < 0.5 * look.quality[0]


def test_a_video_of_another_size_is_refused() -> None:
    with pytest.raises(InputError, match="made on 80x60, the video is 160x120"):
        embed_tracklets(Film(5), replace(tracklets(5), width=80, height=60), Reds())


def test_tracklets_that_know_no_size_take_any_video() -> None:
    found = embed_tracklets(Film(5), replace(tracklets(5), width=0, height=0), Reds())
    assert found.appearance is not None
    assert len(found.appearance) == 5


def test_offsets_lead_to_each_tracklets_part_of_the_rows() -> None:
    rows: I64 = np.array([0, 3, 12], np.int64)
    assert offsets_of(tracklets(10, 5, 5), rows).tolist() == [0, 2, 3, 3]


def test_knobs_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="enough"):
        CropParams(most=2, enough=3)
