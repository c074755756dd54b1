"""`gallery.npz`: whom a linker remembers."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.linking.live.live_world import A, B, Visit, line, run

from camweave.core.errors import FileFormatError
from camweave.formats.gallery import SavedGallery, read_gallery, write_gallery
from camweave.formats.sightings import members_of, read_sightings


@pytest.fixture(scope="module")
def gallery() -> SavedGallery:
    _, linker = run([Visit(A, 1, 1.0, 8.0, look=1), Visit(B, 7, 2.0, 9.0, look=2)], line())
    state = linker.state()
    return SavedGallery(
        began=1.79e9,
        time=state.time,
        next_id=3,
        embedder="reid osnet.onnx",
        sightings=state.sightings,
        total=state.total,
        count=state.count,
    )


def test_what_is_written_is_read(gallery: SavedGallery, tmp_path: Path) -> None:
    write_gallery(tmp_path / "gallery.npz", gallery)
    again = read_gallery(tmp_path / "gallery.npz")
    for name in ("began", "time", "next_id", "embedder"):
        assert getattr(again, name) == getattr(gallery, name)
    np.testing.assert_array_equal(again.total, gallery.total)
    np.testing.assert_array_equal(again.count, gallery.count)
    one, other = members_of(again.sightings), members_of(gallery.sightings)
    assert len(gallery.sightings) == 2
    for name, column in one.items():
        np.testing.assert_array_equal(column, other[name], err_msg=name)


def test_it_is_not_taken_for_sightings(gallery: SavedGallery, tmp_path: Path) -> None:
    write_gallery(tmp_path / "gallery.npz", gallery)
    with pytest.raises(FileFormatError, match=r"expected schema camweave\.sightings/1"):
        read_sightings(tmp_path / "gallery.npz")


def test_a_damaged_one_is_refused_in_a_line(gallery: SavedGallery, tmp_path: Path) -> None:
    path = tmp_path / "gallery.npz"
    write_gallery(path, gallery)
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(FileFormatError, match=r"gallery\.npz: ") as refused:
            read_gallery(path)
        assert "\n" not in str(refused.value)


def test_sums_of_looks_of_another_length_are_refused(gallery: SavedGallery, tmp_path: Path) -> None:
    wrong = SavedGallery(
        began=0.0,
        time=0.0,
        next_id=1,
        embedder="",
        sightings=gallery.sightings,
        total=np.zeros((len(gallery.sightings.cameras), 5)),
        count=gallery.count,
    )
    write_gallery(tmp_path / "gallery.npz", wrong)
    with pytest.raises(FileFormatError, match="totals: expected 32 columns, found 5"):
        read_gallery(tmp_path / "gallery.npz")
