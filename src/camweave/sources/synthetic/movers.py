"""Those who are under way now, as columns that grow and shrink together."""

from typing import ClassVar

import numpy as np

from camweave.core.arrays import I64, Bool


class Movers:
    """The base of dataclasses with slots, each a column of one length; `number` is one of them."""

    __slots__: ClassVar[tuple[str, ...]] = ()
    number: I64  # (N,) of the actor

    def __len__(self) -> int:
        return len(self.number)

    def keep(self, rows: Bool) -> None:
        """Forget the others."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name)[rows])

    def add(self, **values: float) -> None:
        """One more row."""
        for name, value in values.items():
            setattr(self, name, np.append(getattr(self, name), value))
