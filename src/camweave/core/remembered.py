"""What a stage remembers of one camera, written down, so that another can go on from there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32
from camweave.core.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """Named arrays, and who can read them. Nobody writes to the arrays any more.

    What would be long, since it grows from frame to frame, lies in `looks`: who keeps what is
    remembered after every frame need only keep those that are new.
    """

    kind: str  # whose it is, as `weave`
    version: int  # of what its arrays mean
    arrays: Mapping[str, npt.NDArray[Any]]
    # (D,) by place; the same array as long as it is the same look
    looks: Mapping[int, F32] = field(default_factory=dict)

    def check(self, kind: str, version: int) -> None:
        """See that this is what `kind` remembers, as its `version` writes it.

        Raises:
            InputError: it is another's, or of another version.
        """
        if self.kind != kind:
            raise InputError(
                f"{kind}: cannot go on from what {self.kind} remembers. "
                f"Let {self.kind} do it, or begin anew"
            )
        if self.version != version:
            raise InputError(
                f"{kind}: what is remembered is of version {self.version}; this camweave reads "
                f"{version}. Go on with the camweave that wrote it, or begin anew"
            )

    def array(self, name: str, dtype: type, *shape: int) -> Any:  # noqa: ANN401 - any dtype
        """One of the arrays, known to have this dtype and shape, in which -1 is any length.

        Raises:
            InputError: there is none, or it is another.
        """
        found = self.arrays.get(name)
        if found is None:
            self.refuse(f"{name} is missing")
        fits = len(found.shape) == len(shape) and all(
            want in {-1, have} for want, have in zip(shape, found.shape, strict=True)
        )
        if found.dtype != dtype or not fits:
            self.refuse(f"{name} is {found.dtype} {found.shape}, not {np.dtype(dtype)} {shape}")
        return found

    def refuse(self, why: str) -> NoReturn:
        """Say that it cannot be what anybody remembers.

        Raises:
            InputError: always.
        """
        raise InputError(f"{self.kind}: what is remembered is damaged: {why}. Begin anew")
