"""What an embedder makes of everybody: who it is, mixed with all that is in the way of telling."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.sources.synthetic.looks import BODIES, PAINT, PERSON, Looks
from camweave.sources.synthetic.recorded.noise import lengths, normals
from camweave.sources.synthetic.recorded.params import LookParams

# First words of what is drawn.
KIND, MODEL, WAVES, OWN, SIGNS, SHARED, CAMERA, STILL, STAY, CROP = range(31, 41)
ALIKE: Final = 45.0  # levels apart at which two colours are half alike
SLOTS: Final = (0, 1, 2, 3)  # of the colours that tell one from another
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """E crops of one camera: whose they are and how they were taken."""

    row: I64  # (E,) a number that no other crop of the camera has
    actor: I64  # (E,) row of the looks; -1: nobody
    hider: I64  # (E,) row of who hides most of it; -1: a still thing, or nothing
    stay: I64  # (E,) which stay in view
    bearing: F64  # (E,) rad, 0 is seen from the front
    visibility: F64  # (E,) 0 to 1
    quality: F64  # (E,) 0 to 1
    time: F64  # (E,) s


@dataclass(frozen=True, slots=True, eq=False)
class Embedder:
    """Who everybody is to an embedder, and how cameras and views change it."""

    params: LookParams
    seed: int
    own: F32  # (A + 1, D) unit length; the last is nobody
    kind: I64  # (A + 1,) class

    def embed(self, crops: Crop, camera: int) -> F32:
        """(E, D) unit length: what it makes of the crops of camera number `camera`."""
        p = self.params
        own = self.own[crops.actor]
        out = own * np.float32(1) + self._views(crops, own)
        out += self._camera(crops, own, camera)
        hidden = (1 - crops.visibility)[:, None] * p.hidden
        still = self._shared(STILL, camera)[0]
        behind = np.where((crops.hider >= 0)[:, None], self.own[crops.hider], still)
        out = out * (1 - hidden * 0.5) + behind * hidden
        stay = normals(self._word(STAY, camera), crops.stay, self.own.shape[1])
        long = lengths(self._word(STAY, camera) + 1, crops.stay, p.tails)
        out += stay * (p.stay * long / self._root)[:, None]
        crop = normals(self._word(CROP, camera), crops.row, self.own.shape[1])
        long = lengths(self._word(CROP, camera) + 1, crops.row, p.tails)
        bad = 1 / np.sqrt(np.maximum(crops.quality, 0.05))
        out += crop * (p.noise * long * bad / self._root)[:, None]
        return _unit(out).astype(np.float32)

    @property
    def _root(self) -> float:
        return float(np.sqrt(self.own.shape[1]))

    def _word(self, kind: int, number: int) -> int:
        return self.seed * 1_000_003 + kind * 10_007 + number * 2

    def _shared(self, kind: int, number: int, count: int = 1) -> F32:
        """(count, D) unit vectors that all share."""
        rows = np.arange(count)
        return _unit(normals(self._word(kind, number), rows, self.own.shape[1]))

    def _views(self, crops: Crop, own: F32) -> F64:
        """What is seen from the front, a side or the rear: for all of a class, and for each."""
        p = self.params
        turn = np.stack([np.cos(crops.bearing), np.sin(crops.bearing),
                         np.cos(2 * crops.bearing)], axis=1)  # fmt: skip
        turn /= np.maximum(np.linalg.norm(turn, axis=1, keepdims=True), TINY)
        classes = int(self.kind.max(initial=0)) + 1
        shared = self._shared(SHARED, 0, 3 * classes).reshape(classes, 3, -1)
        common = np.einsum("ek,ekd->ed", turn, shared[self.kind[crops.actor]])
        signs = np.sign(normals(self._word(SIGNS, 0), np.arange(3), own.shape[1]))
        return np.asarray(p.view * common + p.own_view * own * (turn @ signs))

    def _camera(self, crops: Crop, own: F32, camera: int) -> F64:
        """What one camera does to all it sees, to each one, and how its light drifts."""
        p = self.params
        bias, light = self._shared(CAMERA, camera, 2)
        sign = np.sign(normals(self._word(SIGNS, camera + 1), np.zeros(1, np.int64), own.shape[1]))
        phase, period = 2.4 * camera, 600.0 + 97.0 * (camera % 11)
        day = np.sin(phase + 2 * np.pi * crops.time / period)[:, None]
        return np.asarray(p.camera * bias + p.drift * day * light + p.own_camera * own * sign)


def make_embedder(looks: Looks, params: LookParams, seed: int) -> Embedder:
    """Vectors of everybody: alike where class, body and colours are alike."""
    size = params.dimension
    body = np.append(looks.body, PERSON)
    kind = np.append(looks.class_id, 0)

    def drawn(word: int, rows: I64) -> F32:
        return _unit(normals(seed * 1_000_003 + word, rows, size))

    own = params.kind * drawn(KIND, kind)
    own += params.model * drawn(MODEL, body + len(BODIES))
    own[:-1] += params.paint * _paints(looks, size, seed)
    own += params.person * drawn(OWN, np.arange(len(kind)))
    return Embedder(params, seed, _unit(own).astype(np.float32), kind)


def _paints(looks: Looks, size: int, seed: int) -> F32:
    """(A, D) unit vectors of everybody's colours: near for colours that are near.

    Random Fourier features (Rahimi & Recht, 2007) of the colours that tell.
    """
    colours = looks.colours[:, SLOTS].reshape(len(looks), -1).astype(np.float32)
    weight = np.where(looks.body[:, None] == PERSON, 1.0, 0.0) + np.repeat(
        np.where(np.array(SLOTS) == PAINT, 1.0, 0.25), 3
    )
    wave = normals(seed * 1_000_003 + WAVES, np.arange(colours.shape[1]), size) / ALIKE
    shift = np.abs(normals(seed * 1_000_003 + WAVES + 1, np.zeros(1, np.int64), size)) * 7
    return _unit(np.cos((colours * np.minimum(weight, 1)) @ wave + shift).astype(np.float32))


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), TINY))
