"""One file's named arrays, checked as they are asked for: kind, shape, and finite numbers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64, Bool
from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.formats.camera_name import checked_camera
from camweave.formats.npz import Arrays, read_npz

MOST_FRAMES: Final = 20_000_000  # 9 days at 25 frames/s; more is a damaged number, not a video
MOST_SIDE: Final = 1 << 20  # px
LONGEST_SHOWN: Final = 100  # characters of a value
OFF_UNIT: Final = 1e-3  # that the length of a unit vector may be off; half floats are off by less


@dataclass(frozen=True, slots=True)
class Members:
    """The arrays of one file, and the path to name when one of them is wrong."""

    path: Path
    arrays: Arrays

    @classmethod
    def read(cls, path: Path) -> "Members":
        """Open a file through the safe reader."""
        return cls(path, read_npz(path))

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def fail(self, text: str) -> NoReturn:
        """Refuse the file in one line."""
        raise FileFormatError(f"{self.path}: {text}")

    def check_schema(self, kind: str, version: int) -> None:
        """See that the file holds `kind`, in a version that is known: `camweave.KIND/VERSION`."""
        schema = self.text("schema")
        name, _, number = schema.rpartition("/")
        if name != f"camweave.{kind}" or not number.isdecimal():
            self.fail(f"expected schema camweave.{kind}/{version}, found {schema[:60]!r}")
        if int(number) > version:
            self.fail(f"{schema} was written by a newer camweave; this one reads up to {version}")

    def array(self, name: str, kinds: str, *shape: int) -> npt.NDArray[Any]:
        """A member of one of these dtype kinds and of this shape; -1 stands for any length."""
        if name not in self.arrays:
            self.fail(f"{name} is missing; found {', '.join(sorted(self.arrays)) or 'nothing'}")
        array = self.arrays[name]
        fits = len(array.shape) == len(shape) and all(
            want in {-1, have} for want, have in zip(shape, array.shape, strict=True)
        )
        if array.dtype.kind not in kinds or not fits:
            want = f"{'text' if kinds == 'U' else 'floats' if 'f' in kinds else 'integers'} {shape}"
            self.fail(f"{name}: expected {want}, found {array.dtype} {array.shape}")
        return array

    def integers(self, name: str, *shape: int) -> I64:
        """Whole numbers of any width, as int64."""
        array = self.array(name, "iu", *shape)
        if array.dtype == np.uint64:
            self.refuse_rows(name, array > np.iinfo(np.int64).max, "beyond 64 bits")
        return array.astype(np.int64, copy=False)

    def small_integers(self, name: str, *shape: int) -> I32:
        """Whole numbers that fit 32 bits: classes."""
        array = self.integers(name, *shape)
        self.refuse_rows(name, np.abs(array) > np.iinfo(np.int32).max, "beyond 32 bits")
        return array.astype(np.int32)

    def reals(self, name: str, *shape: int) -> F64:
        """Finite numbers, as float64."""
        array = self.array(name, "fiu", *shape).astype(np.float64, copy=False)
        self.refuse_rows(name, ~np.isfinite(array), "not a finite number")
        return array

    def measures(self, name: str, *shape: int) -> F32:
        """Finite numbers, as float32."""
        with np.errstate(over="ignore"):  # becomes infinite, and is refused as that
            array = self.array(name, "fiu", *shape).astype(np.float32, copy=False)
        self.refuse_rows(name, ~np.isfinite(array), "not a finite number")
        return array

    def boxes(self, name: str, rows: int) -> F32:
        """(rows, 4) left, top, right, bottom: finite, and never inside out."""
        xyxy = self.measures(name, rows, 4)
        self.refuse_rows(name, xyxy[:, 2] < xyxy[:, 0], "x2 < x1")
        self.refuse_rows(name, xyxy[:, 3] < xyxy[:, 1], "y2 < y1")
        return xyxy

    def unit_vectors(self, name: str, rows: int, *, blank: bool) -> F32:
        """(rows, D) of length 1; where `blank`, a row of zeros says "none" and is one too."""
        vectors = self.measures(name, rows, -1)
        if rows and not vectors.shape[1]:
            self.fail(f"{name}: expected vectors, found {vectors.dtype} {vectors.shape}")
        length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
        off = np.abs(length - 1) > OFF_UNIT
        if blank:
            off &= length > 0
        if off.any():
            row = int(np.argmax(off))
            self.fail(f"{name}: row {row} has length {length[row]:.4g}; expected unit length")
        return vectors

    def frame_numbers(self, rows: int) -> I64:
        """(rows,) within what a recording can have."""
        frame = self.integers("frame_numbers", rows)
        self.refuse_rows("frame_numbers", frame < 0, "negative")
        self.refuse_rows("frame_numbers", frame >= MOST_FRAMES, f"beyond {MOST_FRAMES} frames")
        return frame

    def classes(self, rows: int, names: tuple[str, ...]) -> I32:
        """(rows,) indices into `names`, where there are names; -1 while unknown."""
        class_id = self.small_integers("classes", rows)
        self.refuse_rows("classes", class_id < -1, "less than -1")
        if names:
            self.refuse_rows("classes", class_id >= len(names), f"beyond {len(names)} class_names")
        return class_id

    def refuse_rows(self, name: str, bad: Bool, why: str) -> None:
        """Refuse the file, naming the first bad row, where there is one."""
        if bad.any():
            row = int(np.argwhere(bad)[0][0]) if bad.ndim else 0
            value = str(np.atleast_1d(self.arrays[name])[row].tolist())
            shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}...]"
            self.fail(f"{name}: row {row} is {shown}: {why}")

    def text(self, name: str) -> str:
        """One piece of text."""
        return str(self.array(name, "U")[()])

    def texts(self, name: str) -> tuple[str, ...]:
        """(n,) pieces of text; none where the member is absent."""
        return tuple(self.array(name, "U", -1).tolist()) if name in self else ()

    def camera(self) -> CameraId:
        """The camera's name, safe to use in a path."""
        try:
            return checked_camera(self.text("camera"))
        except InputError as error:
            raise FileFormatError(f"{self.path}: {error}") from error

    def fps(self) -> float:
        """Frames per second, above 0."""
        fps = float(self.reals("fps"))
        if fps <= 0:
            self.fail(f"fps: expected a number above 0, found {fps}")
        return fps

    def side(self, name: str) -> int:
        """Width or height in px; 0 while unknown."""
        side = int(self.integers(name))
        if not 0 <= side <= MOST_SIDE:
            self.fail(f"{name}: expected 0 to {MOST_SIDE} px, found {side}")
        return side


def text_array(*text: str) -> npt.NDArray[np.str_]:
    """(n,) text as NumPy keeps it, without objects."""
    return np.array(text, dtype=np.str_) if text else np.empty(0, "<U1")
