import logging
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from camweave.core.errors import InputError, SourceError
from camweave.core.frame import Frame
from camweave.core.stages import Source
from camweave.sources.video import VideoSource

CORNERS = {"white": (255, 255, 255), "red": (0, 0, 255), "blue": (255, 0, 0), "black": (0, 0, 0)}


FORMATS = {"ffv1": "bgr0", "mjpeg": "yuvj420p"}  # what a codec can hold, others 4:2:0


def shade(index: int) -> int:
    return 16 + 20 * (index % 11)


def film(
    path: Path,
    frames: int = 10,
    *,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    millis: Sequence[int] | None = None,
    turned: int | None = None,
    mirrored: bool = False,
    corners: bool = False,
    **options: str,
) -> Path:
    """A small video; frame i is all of `shade(i)`, or four coloured corners."""
    width, height = size
    with av.open(path, "w", options=options) as container:
        stream = container.add_stream(codec, rate=25, options={"qp": "1"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = width, height
        stream.pix_fmt = FORMATS.get(codec, "yuv420p")
        if millis is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        if turned is not None:
            stream.set_display_rotation(turned, hflip=mirrored)
        for index in range(frames):
            image = np.full((height, width, 3), shade(index), np.uint8)
            if corners:
                image[: height // 2, : width // 2] = CORNERS["white"]
                image[: height // 2, width // 2 :] = CORNERS["red"]
                image[height // 2 :, : width // 2] = CORNERS["blue"]
                image[height // 2 :, width // 2 :] = CORNERS["black"]
            picture = av.VideoFrame.from_ndarray(image, format="bgr24")
            if millis is not None:
                picture.pts, picture.time_base = millis[index], Fraction(1, 1000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def song(path: Path) -> Path:
    with av.open(path, "w") as container:
        stream = container.add_stream("aac", rate=44100)
        stream.layout = "mono"
        for _ in range(10):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            tone.sample_rate = 44100
            container.mux(stream.encode(tone))
        container.mux(stream.encode())
    return path


def frames_of(path: Path, fps: float | None = None, offset: float = 0.0) -> list[Frame]:
    with VideoSource(path, camera="cam", fps=fps, offset=offset) as source:
        return list(source)


def test_it_is_a_source(tmp_path: Path) -> None:
    source: Source = VideoSource(film(tmp_path / "a.mp4", 2), camera="cam")
    with source as frames:
        assert [frame.stamp.index for frame in frames] == [0, 1]


def times_of(frames: list[Frame]) -> list[float]:
    return [frame.stamp.time for frame in frames]


def test_every_frame_comes_once_in_order_with_its_time(tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / "a.mp4", 10))
    assert [frame.stamp.index for frame in frames] == list(range(10))
    assert times_of(frames) == [i / 25 for i in range(10)]
    assert {frame.stamp.camera for frame in frames} == {"cam"}
    for index, frame in enumerate(frames):
        assert abs(float(frame.image.mean()) - shade(index)) < 5


def test_a_source_says_what_it_is_before_its_first_frame(tmp_path: Path) -> None:
    with VideoSource(film(tmp_path / "a.mp4", 10), camera="gate-2") as source:
        info = source.info
    assert (info.camera, info.width, info.height) == ("gate-2", 64, 48)
    assert (info.fps, info.declared_fps, info.frame_count) == (25, 25, 10)


def test_a_variable_frame_rate_is_kept(tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / "a.mp4", 5, millis=[0, 40, 100, 400, 1000]))
    np.testing.assert_allclose(times_of(frames), [0, 0.04, 0.1, 0.4, 1.0], atol=1e-4)


def test_time_begins_with_the_first_frame_wherever_the_container_begins(tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / "a.mkv", 3, millis=[5000, 5040, 5080]), offset=7.5)
    np.testing.assert_allclose(times_of(frames), [7.5, 7.54, 7.58], atol=1e-3)


def test_a_given_rate_beats_the_declared_one_and_both_stay_known(tmp_path: Path) -> None:
    with VideoSource(film(tmp_path / "a.mp4", 8), camera="pets", fps=7.0) as source:
        assert (source.info.fps, source.info.declared_fps) == (7, 25)
        assert source.delivered_fps is None
        frames = list(source)
    assert times_of(frames) == [i / 7 for i in range(8)]
    assert source.delivered == 8
    assert source.delivered_fps == pytest.approx(7)


def test_the_delivered_rate_is_measured(tmp_path: Path) -> None:
    with VideoSource(film(tmp_path / "a.mkv", 4, millis=[0, 100, 200, 300]), camera="c") as source:
        list(source)
    assert source.delivered_fps == pytest.approx(10)


@pytest.mark.parametrize(
    ("turned", "mirrored", "corners"),
    [
        (0, False, ["white", "red", "blue", "black"]),
        (90, False, ["red", "black", "white", "blue"]),
        (180, False, ["black", "blue", "red", "white"]),
        (270, False, ["blue", "white", "black", "red"]),
        (0, True, ["red", "white", "black", "blue"]),
        (90, True, ["black", "red", "blue", "white"]),
    ],
)
@pytest.mark.skipif(
    not hasattr(av.VideoStream, "set_display_rotation"), reason="this PyAV cannot write a rotation"
)
def test_a_turned_video_is_delivered_upright(
    tmp_path: Path, turned: int, mirrored: bool, corners: list[str]
) -> None:
    path = film(tmp_path / "a.mp4", 2, turned=turned, mirrored=mirrored, corners=True)
    with VideoSource(path, camera="c") as source:
        image = next(iter(source)).image
        assert image.shape[:2] == (source.info.height, source.info.width)
    sideways = turned in {90, 270}
    assert image.shape == ((64, 48, 3) if sideways else (48, 64, 3))
    height, width = image.shape[:2]
    found = [
        image[y, x].astype(int)
        for y in (height // 4, 3 * height // 4)
        for x in (width // 4, 3 * width // 4)
    ]
    for colour, name in zip(found, corners, strict=True):
        assert np.abs(colour - CORNERS[name]).max() < 12, (name, colour)


@pytest.mark.parametrize("size", [(479, 361), (478, 360), (17, 3), (1, 1)])
def test_an_odd_size_is_delivered_as_it_is(tmp_path: Path, size: tuple[int, int]) -> None:
    frames = frames_of(film(tmp_path / "a.mkv", 3, size=size, codec="ffv1"))
    assert [frame.image.shape for frame in frames] == [(size[1], size[0], 3)] * 3
    assert frames[2].image.flags.c_contiguous
    assert abs(float(frames[2].image.mean()) - shade(2)) < 3


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    with VideoSource(film(tmp_path / "a.mp4", 1), camera="c") as source:
        assert times_of(list(source)) == [0.0]
        assert source.delivered_fps is None


@pytest.mark.parametrize(
    ("name", "codec"), [("a.avi", "mpeg4"), ("a.avi", "mjpeg"), ("a.ts", "libx264")]
)
def test_other_containers_and_codecs_are_read(tmp_path: Path, name: str, codec: str) -> None:
    path = film(tmp_path / name, 10, codec=codec)
    np.testing.assert_allclose(times_of(frames_of(path)), np.arange(10) / 25, atol=1e-6)


def test_a_stream_without_time_stamps_goes_by_its_rate(tmp_path: Path) -> None:
    path = film(tmp_path / "a.h264", 10)
    np.testing.assert_allclose(times_of(frames_of(path, offset=2.0)), 2 + np.arange(10) / 25)


def test_frames_stay_as_they_were_when_the_next_is_decoded(tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / "a.mp4", 10))
    assert [round(float(f.image.mean()) / 20) for f in frames] == [
        round(shade(i) / 20) for i in range(10)
    ]


def test_a_video_cut_short_delivers_its_beginning_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = film(tmp_path / "a.mp4", 100, movflags="faststart")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with caplog.at_level(logging.WARNING):
        frames = frames_of(path)
    assert 10 < len(frames) < 100
    assert [frame.stamp.index for frame in frames] == list(range(len(frames)))
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{path}: delivered {len(frames)} of 100 frames, ")
    assert "cut short or broken" in record.getMessage()


def test_damage_in_the_middle_is_stepped_over(tmp_path: Path) -> None:
    path = film(tmp_path / "a.ts", 60, g="5", size=(320, 240))
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    frames = frames_of(path)
    assert len(frames) > 20
    assert times_of(frames) == sorted(times_of(frames))
    assert times_of(frames)[-1] == pytest.approx(59 / 25, abs=0.1), "later frames keep their time"


def test_a_whole_video_raises_no_alarm(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        frames_of(film(tmp_path / "a.mp4", 30))
    assert caplog.records == []


def test_videos_joined_end_to_end_go_on_in_time(tmp_path: Path) -> None:
    path = film(tmp_path / "a.ts", 10)
    path.write_bytes(path.read_bytes() * 2)
    times = times_of(frames_of(path))
    assert len(times) > 15
    assert times == sorted(times)
    assert times[-1] - times[0] == pytest.approx((len(times) - 1) / 25, abs=0.1)


def test_a_video_whose_size_changes_is_scaled_to_its_first_size(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small = film(tmp_path / "s.h264", 5, size=(64, 48)).read_bytes()
    large = film(tmp_path / "l.h264", 5, size=(128, 96)).read_bytes()
    (tmp_path / "a.h264").write_bytes(small + large)
    with caplog.at_level(logging.WARNING):
        frames = frames_of(tmp_path / "a.h264")
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    assert "5 frames had another size" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.mp4", None, "no such file"),
        ("a.mp4", b"", "the file is empty"),
        (
            "a.mp4",
            b"\x00\x01\x02random" * 1000,
            "cannot be opened as a video: no format that FFmpeg knows, or cut",
        ),
        ("a.txt", b"hello, I am text\n" * 100, "no video in it|cannot be opened as a video"),
        ("a.jpg", b"\xff\xd8\xff\xe0 no picture", "no frame of it|cannot be opened|no video"),
    ],
)
def test_what_is_no_video_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=says) as caught:
        frames_of(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value).splitlines()) == 1


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a file"):
        frames_of(tmp_path)


def test_a_song_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no video in it"):
        frames_of(song(tmp_path / "a.mp4"))


def test_a_video_without_frames_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 20)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])  # the index is at the end
    with pytest.raises(SourceError, match="cannot be opened as a video"):
        frames_of(path)


def test_an_unknown_codec_is_named_as_the_reason(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 5)
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(
        SourceError, match=r"its codec cannot be decoded here; convert it to H\.264"
    ):
        frames_of(path)


def test_a_name_with_a_colon_is_a_file_and_no_address(tmp_path: Path) -> None:
    assert len(frames_of(film(tmp_path / "plain.mp4", 3).rename(tmp_path / "http:a.mp4"))) == 3


def test_a_playlist_cannot_reach_outside(tmp_path: Path) -> None:
    path = tmp_path / "a.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(SourceError):
        frames_of(path)


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(fps: float) -> None:
    with pytest.raises(SourceError, match="fps: expected a number above 0"):
        VideoSource("a.mp4", camera="c", fps=fps)


def test_an_impossible_camera_name_is_refused() -> None:
    with pytest.raises(InputError, match="camera name"):
        VideoSource("a.mp4", camera="../x")


def test_a_source_that_is_not_open_says_so(tmp_path: Path) -> None:
    source = VideoSource(film(tmp_path / "a.mp4", 3), camera="c")
    with pytest.raises(SourceError, match="use it in a `with` block"):
        _ = source.info
    with source:
        pass
    source.__exit__(None, None, None)
    with pytest.raises(SourceError, match="inside its `with` block"):
        next(iter(source))
