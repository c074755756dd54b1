"""Getting ready to track."""

import subprocess
import sys

import pytest

from camweave.ops.compiled import is_stored
from camweave.tracking.bytetrack import ByteTrack
from camweave.tracking.bytetrack_steps import KERNELS
from camweave.tracking.warm import compile_kernels, kernels_are_cached


def test_after_the_first_tracker_its_kernels_are_ready() -> None:
    ByteTrack()
    assert all(len(kernel.overloads) == 1 for kernel, _ in KERNELS.signatures)
    assert kernels_are_cached("bytetrack") == all(is_stored(k) for k, _ in KERNELS.signatures)


def test_who_is_ready_does_not_get_ready_again() -> None:
    compile_kernels("bytetrack")
    before = [dict(kernel.overloads) for kernel, _ in KERNELS.signatures]
    compile_kernels("bytetrack")
    assert [dict(kernel.overloads) for kernel, _ in KERNELS.signatures] == before


def test_a_kind_that_there_is_not_has_no_kernels() -> None:
    with pytest.raises(KeyError, match="nosuch"):
        kernels_are_cached("nosuch")


ONE_ALONE = """
import sys
from camweave.tracking.bytetrack import ByteTrack
ByteTrack()
print([name for name in sys.modules if name.endswith("_steps")])
"""


@pytest.mark.slow
def test_one_tracker_does_not_load_another() -> None:
    command = [sys.executable, "-c", ONE_ALONE]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == "['camweave.tracking.bytetrack_steps']\n"
