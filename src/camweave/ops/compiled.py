"""Numba kernels that are compiled once, kept on disk, and never stale."""

import sys
from collections.abc import Callable
from hashlib import blake2b
from importlib import import_module
from itertools import count
from pathlib import Path
from secrets import randbits
from types import ModuleType
from typing import Any, Final, TypeVar

import numba
from numba.core.bytecode import FunctionIdentity
from numba.core.compiler_lock import global_compiler_lock

Function = TypeVar("Function", bound=Callable[..., Any])

STORED: Final = 2  # how kernels are stored; what was stored otherwise is not used

# Numba tells pieces of one name apart by counting them, from 1 in each process. Where two kernels
# that two processes have stored are loaded into one, either would call the other's pieces.
FunctionIdentity._unique_ids = count(randbits(48))  # noqa: SLF001 - there is no other way in


def inner(function: Function) -> Function:
    """A piece of a kernel: compiled into every `entry` that calls it, never on its own."""
    piece: Function = numba.njit(error_model="numpy")(function)
    return piece


def summing(function: Function) -> Function:
    """An `inner` that may add up in any order: three times as fast, and rounded otherwise."""
    fastmath = {"reassoc", "nsz", "contract"}
    piece: Function = numba.njit(error_model="numpy", fastmath=fastmath)(function)
    return piece


def entry(*parts: ModuleType, nogil: bool = False) -> Callable[[Function], Function]:
    """A kernel that Python calls. Its machine code is kept beside it, or in the user's cache.

    Numba tells by the date of the entry's own file whether the stored code still fits, and fails
    where it was stored with a type that the file no longer has. Here content counts: that of the
    entry's file, and that of `parts`, the other modules that it calls into or takes values of.
    """

    def compiled(function: Function) -> Function:
        files = function.__code__.co_filename, *(part.__file__ or "" for part in parts)
        function.__qualname__ += "_" + _digest(*files)  # Numba names the stored file after it
        kernel: Function
        try:
            kernel = numba.njit(error_model="numpy", nogil=nogil, cache=True)(function)
        except RuntimeError:  # no folder on this machine can be written: compile in each process
            kernel = numba.njit(error_model="numpy", nogil=nogil)(function)
        return kernel

    return compiled


def make_ready(kernel: Any, signature: Any) -> None:  # noqa: ANN401 - Numba's have no types
    """Compile (or load) this one signature; calls then convert to it instead of compiling more."""
    if kernel.overloads:
        return
    with global_compiler_lock:  # of two threads, the second finds the work done
        if not kernel.overloads:
            _load_numba_without_scipy()
            kernel.compile(signature)
            kernel.disable_compile()
            import_module("numpy.ma")  # Numba asks for it at the first call, which may be timed


def is_stored(kernel: Any) -> bool:  # noqa: ANN401 - Numba's have no types
    """Whether the kernel's machine code lies on disk, newer than its source."""
    folder = kernel.stats.cache_path
    if folder is None:
        return False
    source = Path(kernel.py_func.__code__.co_filename).stat().st_mtime
    stored = Path(folder).glob(f"*.{kernel.py_func.__qualname__}-*.nbi")
    return any(index.stat().st_mtime >= source for index in stored)


def _load_numba_without_scipy() -> None:
    """Spare 0.15 s of start-up, a sixth of a short command's time.

    Before its first kernel, Numba imports scipy.linalg to see whether there is a BLAS for its
    `np.convolve`, which no kernel here calls. For `np.dot` and the like it asks again in time.
    """
    if "scipy.linalg" in sys.modules or "numba.np.arraymath" in sys.modules:
        return
    sys.modules["scipy.linalg"] = None  # type: ignore[assignment]  # how Python spells "absent"
    try:
        import_module("numba.np.arraymath")
    finally:
        del sys.modules["scipy.linalg"]


def _digest(*files: str) -> str:
    told = blake2b(f"{numba.__version__} {STORED}".encode(), digest_size=6)
    for file in files:
        told.update(Path(file).read_bytes())
    return told.hexdigest()
