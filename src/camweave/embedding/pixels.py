"""Crops as a network's tensor: resized, in its order of channels, as its numbers."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, U8
from camweave.embedding.card import COLOURS, RAW
from camweave.embedding.wants import Wants
from camweave.ops.images import levels


class Pixels:
    """A tensor of `batch` crops, painted again and again; for one thread at a time."""

    def __init__(self, wants: Wants, batch: int) -> None:
        height, width = wants.height, wants.width
        self._rgb = wants.channels == "RGB"
        self._rows_first = wants.layout == "NHWC"
        self._raw = (wants.mean, wants.std) == RAW
        shape = (
            (batch, height, width, COLOURS) if self._rows_first else (batch, COLOURS, height, width)
        )
        self._tensor: npt.NDArray[Any] = np.zeros(shape, wants.port.dtype)
        self._table: F32 = levels(wants.mean, wants.std)
        self._wide = np.ascontiguousarray(self._table.T[None])  # (1, 256, 3) for interleaved crops
        self._small: U8 = np.empty((height, width, COLOURS), np.uint8)
        self._planes: list[U8] = [np.empty((height, width), np.uint8) for _ in range(COLOURS)]

    def paint(self, crops: Sequence[U8]) -> npt.NDArray[Any]:
        """The tensor, its first rows these crops (H, W, 3) BGR; it is used again by the next."""
        paint = self._interleaved if self._rows_first else self._planar
        for place, crop in zip(self._tensor, crops, strict=False):
            # OpenCV splits among cores only what is larger than any crop here.
            size, dst = self._small.shape[1::-1], self._small
            # Small crops are the rule, and cubic tells more of them: AUC +.006 on PETS.
            enlarged = crop.shape[0] < size[1]
            method = cv2.INTER_CUBIC if enlarged else cv2.INTER_LINEAR
            cv2.resize(crop, size, dst=dst, interpolation=method)
            paint(place)
        return self._tensor

    def _planar(self, place: npt.NDArray[Any]) -> None:
        cv2.split(self._small, self._planes)
        planes = self._planes[::-1] if self._rgb else self._planes
        for plane, row, channel in zip(planes, self._table, place, strict=True):
            if self._raw:
                channel[...] = plane
            elif channel.dtype == np.float32:
                cv2.LUT(plane, row, dst=channel)
            else:
                channel[...] = cv2.LUT(plane, row)

    def _interleaved(self, place: npt.NDArray[Any]) -> None:
        if self._rgb:
            cv2.cvtColor(self._small, cv2.COLOR_BGR2RGB, dst=self._small)
        place[...] = self._small if self._raw else cv2.LUT(self._small, self._wide)
