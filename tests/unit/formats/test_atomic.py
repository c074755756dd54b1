import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from camweave.core.errors import OutputError
from camweave.formats.atomic import PartFile, written_whole


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_finished_file_stands_alone_under_its_name(tmp_path: Path) -> None:
    with written_whole(tmp_path / "a.txt") as part:
        part.write_text("all of it")
        assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "all of it"
    assert names_in(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_interrupted_write_leaves_what_was_there_before(
    tmp_path: Path, trouble: type[BaseException]
) -> None:
    (tmp_path / "a.txt").write_text("before")

    def write_half() -> None:
        with written_whole(tmp_path / "a.txt") as part:
            part.write_text("hal")
            raise trouble

    with pytest.raises(trouble):
        write_half()
    assert (tmp_path / "a.txt").read_text() == "before"
    assert names_in(tmp_path) == ["a.txt"]


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    with written_whole(tmp_path / "new" / "deep" / "a.txt") as part:
        part.write_text("x")
    assert (tmp_path / "new" / "deep" / "a.txt").read_text() == "x"


def test_a_link_stays_a_link_and_what_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    with written_whole(tmp_path / "link.txt") as part:
        part.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_result_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    with written_whole(tmp_path / "a") as part:
        part.write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_or_a_device_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match=r"taken: something that is not a file is there"):
        PartFile(tmp_path / "taken")
    with pytest.raises(OutputError, match=r"/dev/null: something that is not a file"):
        PartFile(Path("/dev/null"))


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot write .*file/a\.txt: "):
        PartFile(tmp_path / "file" / "a.txt")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="permission denied; write elsewhere"):
        PartFile(tmp_path / "a.txt")


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs the read-only /sys of Linux")
def test_a_place_that_no_one_can_write_is_refused_at_once() -> None:
    with pytest.raises(OutputError, match=r"cannot write /sys/kernel/a\.txt: "):
        PartFile(Path("/sys/kernel/a.txt"))


def test_trouble_of_this_file_is_an_output_error_of_one_line(tmp_path: Path) -> None:
    def fill_the_disk() -> None:
        with written_whole(tmp_path / "a.txt"):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError) as caught:
        fill_the_disk()
    assert str(caught.value) == (
        f"cannot write {tmp_path / 'a.txt'}: no space left on device; "
        "free some space, or write elsewhere"
    )
    assert names_in(tmp_path) == []


def test_trouble_of_another_file_keeps_its_own_name(tmp_path: Path) -> None:
    def read_something_missing() -> None:
        with written_whole(tmp_path / "a.txt"):
            (tmp_path / "missing").read_text()

    with pytest.raises(FileNotFoundError, match="missing"):
        read_something_missing()
    assert names_in(tmp_path) == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from camweave.core.errors import OutputError
from camweave.formats.npz import write_npz

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    write_npz(Path(sys.argv[1]), {"bboxes": np.ones((100_000, 4), np.float32)})
except OutputError as error:
    print(error)
"""


def test_a_disk_that_fills_up_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "d.npz"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(out)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"cannot write {out}: file too large")
    assert len(done.stdout.splitlines()) == 1
    assert names_in(tmp_path) == []
