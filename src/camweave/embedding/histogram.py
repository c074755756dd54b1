"""What objects look like by colour and shape: crops in, vectors out, without weights.

A crop is laid on a small canvas, so that its size does not matter, and every pixel votes softly
for its colour: lightness, hue and strength of colour in CIELAB, so that nearly equal colours share
bins. Pixels near the middle count most, as background is at the edge, and each horizontal band has
a histogram of its own (roof and doors, shirt and trousers).

Two things differ between cameras and not between objects, and are taken out first: the white
balance, told from the pixels that are nearly grey (road, glass, tyres: the grey-pixel assumption),
and most of the exposure, told from the brightest tenth. Greys count little, as every crop holds
them; a power below one lifts what is small but telling, like a stripe (power normalisation,
Perronnin et al., ECCV 2010).
"""

from collections.abc import Sequence

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, I64, U8
from camweave.embedding.params import HistogramParams
from camweave.embedding.unit import unit

SIDE = 24  # px of the canvas
SAMPLE = 12  # px of the copy that the light is told from
LIGHTS, HUES = 7, 24  # bins of lightness and of hue
STRENGTHS = (4.0, 12.0, 30.0)  # chroma at which a colour is grey, pale, full: bins
BINS = len(STRENGTHS) * HUES * LIGHTS
COLOURS = BINS - (HUES - 1) * LIGHTS  # greys have no hue
SPREAD = 0.22  # of the canvas: how far from its middle a pixel's vote falls off
GREY_SHARE = 0.15  # of a vote for a grey against one for a colour
POWER = 0.3
LEVELS = np.arange(256, dtype=np.float32)
DARK = 4.0  # levels: what is darker than a camera's noise has no colour
LOGS = np.log(LEVELS + DARK)
NEAR_GREY = 0.1  # log ratio of two channels within which a pixel may be grey
TINT_PRIOR = 0.02  # share of the pixels that always speak for untinted light
BRIGHT, BRIGHTEST = 90, 200.0  # percentile of the crop's levels, and the level it is moved towards
EXPOSURE = 0.8  # of the way
SHAPES = np.log([0.35, 0.6, 1.0, 1.6, 2.4])  # of width to height: bins
SHAPE_SHARE = 0.05  # of the vector's length


class Histogram:
    """An `Embedder` without a model. It remembers nothing."""

    def __init__(self, params: HistogramParams) -> None:
        self.params = params
        self._weights = _band_weights(params.bands)

    @property
    def name(self) -> str:
        """What it is, and the length of its vectors."""
        return f"histogram of colour in {self.params.bands} bands, {self.dimension} numbers"

    @property
    def dimension(self) -> int:
        """D, the length of its vectors."""
        return self.params.bands * COLOURS + len(SHAPES)

    def embed(self, crops: Sequence[U8]) -> F32:
        """Vectors (N, D) of unit length of N crops, each (H, W, 3) BGR."""
        found = np.zeros((len(crops), self.dimension), np.float32)
        for row, crop in zip(found, crops, strict=True):
            row[: -len(SHAPES)] = self._colour(crop)
            row[-len(SHAPES) :] = SHAPE_SHARE * _shape(crop)
        return unit(found)

    def _colour(self, crop: U8) -> F32:
        """The bands' histograms in one row, of unit length."""
        canvas = _shrunk(crop, SIDE)
        balanced = cv2.LUT(canvas, _levels(_shrunk(canvas, SAMPLE)))
        bins, votes = _votes(cv2.cvtColor(balanced, cv2.COLOR_BGR2LAB))
        told = [np.bincount(bins, (votes * weight).ravel(), BINS) for weight in self._weights]
        rings = np.array(told, np.float32).reshape(-1, len(STRENGTHS), HUES, LIGHTS)
        greys = rings[:, 0].sum(axis=1) * np.float32(GREY_SHARE)
        colours = rings[:, 1:].reshape(len(greys), -1)
        lifted: F32 = np.concatenate((greys, colours), axis=1).ravel() ** np.float32(POWER)
        return lifted / max(float(np.linalg.norm(lifted)), 1e-12)


def _shrunk(image: U8, side: int) -> U8:
    larger = image.shape[0] > side or image.shape[1] > side
    method = cv2.INTER_AREA if larger else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=method), np.uint8)


def _levels(sample: U8) -> F32:
    """(1, 256, 3) what each level of each channel is in balanced light, 0 to 1."""
    light = LOGS[sample.reshape(-1, 3).T]
    ratio = light[[0, 2]] - light[1]  # (2, P) of blue and red to green
    tint = np.zeros((2, 1), np.float32)
    for _ in range(3):
        off = ratio - tint
        grey = np.exp((off * off).sum(axis=0) * np.float32(-0.5 / NEAR_GREY**2))
        tint = (ratio @ grey)[:, None] / (grey.sum() + TINT_PRIOR * grey.size)
    brightest = light.max(axis=0)
    rank = len(brightest) * BRIGHT // 100
    bright = float(np.exp(np.partition(brightest, rank)[rank]))
    gain = (BRIGHTEST / bright) ** EXPOSURE
    gains = np.array([gain * np.exp(-tint[0, 0]), gain, gain * np.exp(-tint[1, 0])], np.float32)
    balanced = np.clip((LEVELS[:, None] + DARK) * gains - DARK, 0, 255)
    return np.asarray(balanced[None] / np.float32(255))


def _votes(lab: F32) -> tuple[I64, F32]:
    """The 8 bins that each of P pixels votes for, (8 P,), and with what, (8, P)."""
    light, a, b = lab.reshape(-1, 3).T
    chroma, turn = cv2.cartToPolar(a, b)
    strength = np.interp(chroma.ravel(), STRENGTHS, range(len(STRENGTHS))).astype(np.float32)
    ring, of_ring = _two(strength, len(STRENGTHS))
    shade, of_shade = _two(light * np.float32((LIGHTS - 1) / 100), LIGHTS)
    hue, of_hue = _two(turn.ravel() * np.float32(HUES / (2 * np.pi)), HUES + 1)
    hue[1][hue[1] == HUES] = 0  # all the way round
    place = (ring * HUES)[:, None] + hue
    votes = of_ring[:, None] * of_hue
    bins = (place * LIGHTS)[:, :, None] + shade
    return bins.ravel(), (votes[:, :, None] * of_shade).reshape(8, -1)


def _two(value: F32, count: int) -> tuple[I64, F32]:
    """The two of `count` bins that each value (P,) lies between, and the share of each: (2, P)."""
    low = np.minimum(value.astype(np.int64), count - 2)
    share = value - low.astype(np.float32)
    return np.stack((low, low + 1)), np.stack((1 - share, share))


def _band_weights(bands: int) -> F32:
    """(R, P) what each pixel of the canvas counts in each band."""
    at = (np.arange(SIDE) + 0.5) / SIDE
    across = np.exp(-0.5 * ((at - 0.5) / SPREAD) ** 2)
    middles = (np.arange(bands) + 0.5) / bands
    down = np.maximum(0, 1 - np.abs(at - middles[:, None]) * bands)
    if bands == 1:
        down = across[None]
    weights = down[:, :, None] * across
    weights /= weights.sum(axis=(1, 2), keepdims=True)
    return np.asarray(weights.reshape(bands, -1), np.float32)


def _shape(crop: U8) -> F64:
    """The ratio of width to height as soft bins, of unit length."""
    height, width = crop.shape[:2]
    place = np.interp(np.log(width / height), SHAPES, np.arange(len(SHAPES)))
    near: F64 = np.sqrt(np.maximum(0, 1 - np.abs(place - np.arange(len(SHAPES)))))
    return near / np.linalg.norm(near)
