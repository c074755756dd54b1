"""The camera layout text: read whole, refused with its line, written back the same."""

from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.formats.layout import (
    Clock,
    Layout,
    format_layout,
    is_layout,
    layout_of,
    parse_layout,
    read_layout,
    write_layout,
)

A, B = CameraId("north"), CameraId("south")
TEXT = """\
# cameras: north south
fps
10 8   # the south one is slow
scales
1 0.9329
offset
-2.5, -1.7
compatibility
0 1
1 0
dtmin
0 -5.5
2 0
dtmax
0 inf
30 0
"""


def refusal(text: str) -> str:
    with pytest.raises(FileFormatError) as caught:
        parse_layout(text, "layout.txt")
    return str(caught.value)


def test_every_section_is_read() -> None:
    layout = parse_layout(TEXT, "layout.txt")
    assert (layout.fps, layout.scales, layout.offset) == ((10, 8), (1, 0.9329), (-2.5, -1.7))
    assert layout.windows == {(0, 1): (-5.5, inf), (1, 0): (2, 30)}
    assert layout.cameras == (A, B)


def test_numbers_may_stand_one_to_a_line_and_behind_their_title() -> None:
    loose = TEXT.replace("fps\n10 8", "fps: 10\n8")
    assert parse_layout(loose, "x").fps == (10, 8)


def test_scales_may_be_missing_as_in_the_origins_example() -> None:
    assert parse_layout(TEXT.replace("scales\n1 0.9329\n", ""), "x").scales == (1, 1)


def test_a_pair_that_is_not_compatible_has_no_window_whatever_its_times() -> None:
    closed = TEXT.replace("0 1\n1 0\n", "0 1\n0 0\n").replace("2 0\n", "99 0\n")
    assert set(parse_layout(closed, "x").windows) == {(0, 1)}


def test_who_can_follow_only_after_for_ever_never_follows() -> None:
    assert set(parse_layout(TEXT.replace("2 0\n", "inf 0\n"), "x").windows) == {(0, 1)}


WRONG = {
    "an unknown section": ("dtmin", "dtmni", "layout.txt:11: expected numbers or a section, got "
                           "'dtmni' (did you mean 'dtmin'?)"),
    "numbers before any section": ("fps\n", "", "layout.txt:2: expected a section: fps"),
    "a word among numbers": ("0 inf", "0 soon", "layout.txt:15: expected numbers, got 'soon'"),
    "not a number": ("0 inf", "nan 0", "layout.txt:15: expected numbers, got 'nan'"),
    "a section twice": ("dtmax", "dtmin", "layout.txt:14: section 'dtmin' comes twice (first on "
                        "line 11)"),
    "a section missing": ("dtmin\n0 -5.5\n2 0\n", "", "layout.txt: section 'dtmin' is missing"),
    "a short row": ("0 -5.5", "0", "layout.txt:12: dtmin: expected 2 rows of 2 numbers, row 1 has"),
    "a row too many": ("2 0\n", "2 0\n1 1\n", "layout.txt:11: dtmin: expected 2 rows of 2 numbers, "
                       "got 3 rows"),
    "too few offsets": ("-2.5, -1.7", "-2.5", "layout.txt:6: offset: expected 2 numbers, got 1"),
    "an endless offset": ("-1.7", "inf", "layout.txt:7: offset must be a number, got inf"),
    "a rate of nothing": ("10 8", "10 0", "layout.txt:3: fps must be more than 0, got 0"),
    "a scale that runs back": ("0.9329", "-1", "layout.txt:5: scales must be more than 0, got -1"),
    "half compatible": ("0 1\n1 0", "0 .5\n1 0", "layout.txt:9: compatibility: expected 0 or 1"),
    "a window that ends before it begins": (
        "30 0",
        "1 0",
        "layout.txt:13: camera south to north: dtmin 2 is more than dtmax 1 (line 16)",
    ),
    "names of other count": ("north south", "north", "layout.txt:1: cameras: expected 2 different"),
    "one name twice": ("north south", "south south", "layout.txt:1: cameras: expected 2 different"),
    "no name": ("north south", "a/b south", "layout.txt:1: camera name 'a/b': expected 1 to 64"),
    "nothing": (TEXT, "", "layout.txt: section 'fps' is missing"),
    "no cameras": ("10 8   #", "#", "layout.txt:2: fps: expected at least 1 numbers, got 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_with_its_line(name: str) -> None:
    old, new, message = WRONG[name]
    assert old in TEXT
    assert refusal(TEXT.replace(old, new, 1)).startswith(message)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"none\.txt: no such file"):
        read_layout(tmp_path / "none.txt")


def test_layout_text_is_told_from_other_text() -> None:
    assert is_layout(TEXT)
    assert is_layout("\n# c\nscales: 1 1\n")
    assert not is_layout("MTMC: {}\n")
    assert not is_layout("")


def test_a_layout_with_names_finds_its_cameras_in_any_order() -> None:
    topology = parse_layout(TEXT, "x").topology((B, A))
    assert topology.cameras == (B, A)
    assert {(each.source, each.target): each.least for each in topology.transitions} == {
        (A, B): -5.5,
        (B, A): 2,
    }
    assert parse_layout(TEXT, "x").clocks((B, A))[B] == Clock(0.9329, -1.7)


def test_a_layout_without_names_goes_by_order() -> None:
    nameless = parse_layout(TEXT.partition("\n")[2], "x")
    first = nameless.topology((CameraId("one"), CameraId("two"))).transitions[0]
    assert (first.source, first.target, first.least) == ("one", "two", -5.5)


@pytest.mark.parametrize(
    ("text", "cameras", "message"),
    [
        (TEXT, (A, CameraId("west")), "camera 'west' of the site is missing from the layout"),
        (TEXT, (A,), "camera 'south' of the layout is missing from the site"),
        (TEXT.partition("\n")[2], (A,), r"2 cameras, where the site has 1 \(north\)"),
    ],
)
def test_a_layout_of_other_cameras_is_refused(
    text: str, cameras: tuple[CameraId, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        parse_layout(text, "x").topology(cameras)


def test_several_windows_of_a_pair_become_one_that_spans_them() -> None:
    near = Transition(source=A, target=B, least=2, most=4, exit_zone="x")
    far = Transition(source=A, target=B, least=3, most=9, exit_zone="y")
    layout = layout_of(Topology(cameras=(A, B), transitions=(near, far)), fps={A: 10, B: 8})
    assert layout.windows == {(0, 1): (2, 9)}
    assert layout.compatibility == ((False, True), (False, False))


def test_the_learned_layout_is_a_file_that_people_can_read(tmp_path: Path) -> None:
    layout = layout_of(
        Topology(cameras=(A, B), transitions=(Transition(source=A, target=B, least=2, most=4.25),)),
        fps={A: 10, B: 8},
        clocks={A: Clock(1, 0.5)},
    )
    write_layout(tmp_path / "layout.txt", layout, "learned\nfrom 3 links")
    text = (tmp_path / "layout.txt").read_text()
    assert text.startswith("# learned\n# from 3 links\n# cameras: north south\nfps\n10 8\n")
    assert "dtmax\n   0 4.25\n   0    0\n" in text
    assert read_layout(tmp_path / "layout.txt") == layout


numbers = st.floats(allow_nan=False)
NAMES = tuple(CameraId(f"cam_{letter}") for letter in "abc")


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    n = draw(st.integers(1, 3))
    positive = st.floats(1e-6, 1e6)
    bits = st.lists(st.booleans(), min_size=n, max_size=n).map(tuple)
    pairs = st.tuples(numbers, numbers).map(sorted)
    matrix = draw(st.lists(st.lists(pairs, min_size=n, max_size=n), min_size=n, max_size=n))
    return Layout(
        fps=tuple(draw(positive) for _ in range(n)),
        scales=tuple(draw(positive) for _ in range(n)),
        offset=tuple(draw(st.floats(-1e9, 1e9)) for _ in range(n)),
        compatibility=tuple(draw(st.lists(bits, min_size=n, max_size=n))),
        dtmin=tuple(tuple(least for least, _ in row) for row in matrix),
        dtmax=tuple(tuple(most for _, most in row) for row in matrix),
        cameras=draw(st.sampled_from([(), NAMES[:n]])),
    )


@given(layouts())
def test_what_is_written_is_read_back_to_the_last_bit(layout: Layout) -> None:
    assert parse_layout(format_layout(layout, "a note"), "x") == layout
