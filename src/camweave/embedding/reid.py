"""What objects look like to a re-identification network: crops in, vectors out, side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, U8
from camweave.core.errors import JobError, ModelError
from camweave.embedding.card import Card, card_of
from camweave.embedding.params import ReidParams
from camweave.embedding.pixels import Pixels
from camweave.embedding.unit import unit
from camweave.embedding.wants import wants_of
from camweave.inference.opening import open_session, why
from camweave.inference.session import Session
from camweave.inference.side_by_side import side_by_side


class Reid:
    """An `Embedder` that runs a network of any known layout. It remembers nothing.

    A crop whose vector is no direction (all zeros, NaN) gets a row of zeros: it was not embedded.

    Raises:
        ModelError: the model cannot be read, takes no image, or its card must say more.
        MissingExtra: what runs such a model is not installed.
    """

    def __init__(self, params: ReidParams) -> None:
        self.session = open_session(params.model, backend=params.backend, threads=params.threads)
        card, path = card_of(params.model, params.card)
        self.wants = wants_of(self.session, card, path)
        fixed = self.wants.port.shape[0] if self.wants.port.shape else None
        self._free = fixed is None
        self._batch = params.batch if fixed is None else fixed
        self._seats: dict[int, Pixels] = {}
        self._output, self._dimension = self._probe(card, str(path))

    @property
    def dimension(self) -> int:
        """D, the length of its vectors."""
        return self._dimension

    @property
    def name(self) -> str:
        """What it is, what runs it and the length of its vectors, for messages and files."""
        session = self.session
        return (
            f"reid {session.name}: {self.wants}, {self._dimension} numbers, "
            f"{session.backend}{why(session)}"
        )

    def embed(self, crops: Sequence[U8]) -> F32:
        """Vectors (N, D) of unit length of N crops, each (H, W, 3) BGR.

        Raises:
            JobError: the model failed.
        """
        found = np.zeros((len(crops), self._dimension), np.float32)
        share = self._share(len(crops))

        def job(seat: int, start: int) -> None:
            some = crops[start : start + share]
            rows = self._run(seat, some)[self._output].reshape(-1, self._dimension)
            found[start : start + len(some)] = rows[: len(some)]

        starts = range(0, len(crops), share)
        for _ in side_by_side(job, starts, max(1, min(self.session.threads, len(starts)))):
            pass
        return unit(found)

    def _share(self, count: int) -> int:
        """Crops of one run: on the processor, each core gets its part."""
        if self._free and self.session.device == "CPU":
            return max(1, min(self._batch, -(-count // self.session.threads)))
        return self._batch

    def _run(self, seat: int, crops: Sequence[U8]) -> dict[str, npt.NDArray[Any]]:
        """The outputs for at most one batch; each seat has a tensor of its own."""
        if seat not in self._seats:
            self._seats[seat] = Pixels(self.wants, self._batch)
        tensor = self._seats[seat].paint(crops)
        return self.session.run(
            {self.wants.port.name: tensor[: len(crops)] if self._free else tensor}
        )

    def _probe(self, card: Card, card_path: str) -> tuple[str, int]:
        """The output that holds the vectors, and their length: what two grey crops give."""
        grey = np.full((self.wants.height, self.wants.width, 3), 114, np.uint8)
        count = min(2, self._batch)
        try:
            outputs = self._run(0, [grey] * count)
        except JobError:
            if not self._free or self._batch == 1:
                raise
            # Some exports say that the batch is free, and have it fixed further in.
            self._batch = 1
            outputs = self._run(0, [grey])
        return vectors_of(self.session, outputs, card.output, card_path)


def vectors_of(
    session: Session, outputs: dict[str, npt.NDArray[Any]], named: str | None, card_path: str
) -> tuple[str, int]:
    """The output with one vector for each crop, and their length D.

    Raises:
        ModelError: there is none, there are several and no card names one, or the named one is not.
    """
    rows = len(next(iter(outputs.values())))
    fits = {
        name: array.shape[1]
        for name, array in outputs.items()
        if array.ndim > 1 and array.size == rows * array.shape[1] and array.shape[1] > 1
    }
    shapes = ", ".join(f"{name} {array.shape}" for name, array in outputs.items())
    if named is not None:
        if named not in fits:
            raise ModelError(f"{card_path}: output {named!r} holds no vectors; there are {shapes}")
        return named, fits[named]
    if len(fits) != 1:
        what = "several outputs hold" if fits else "no output holds"
        way = f"; write `output: NAME` into {card_path}" if fits else ", so it is no ReID model"
        raise ModelError(f"{session.name}: {what} one vector for each crop: {shapes}{way}")
    return next(iter(fits.items()))
