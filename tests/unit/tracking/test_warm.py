"""Getting ready to track."""

from camweave.ops.compiled import is_stored
from camweave.tracking.bytetrack import ByteTrack
from camweave.tracking.entries import SIGNATURES
from camweave.tracking.warm import compile_kernels, kernels_are_cached


def test_after_the_first_tracker_the_kernels_are_ready() -> None:
    ByteTrack()
    assert all(len(kernel.overloads) == 1 for kernel, _ in SIGNATURES)
    assert kernels_are_cached() == all(is_stored(kernel) for kernel, _ in SIGNATURES)


def test_who_is_ready_does_not_get_ready_again() -> None:
    compile_kernels()
    before = [dict(kernel.overloads) for kernel, _ in SIGNATURES]
    compile_kernels()
    assert [dict(kernel.overloads) for kernel, _ in SIGNATURES] == before
