"""The objects being followed on the ground: a Kalman filter each, in metres and seconds.

Speed is drawn back to zero, as of an Ornstein-Uhlenbeck process: who is out of sight for long is
not looked for ever further along its last heading.
"""

from dataclasses import dataclass
from math import lgamma, log, pi

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.linking.following.params import FollowParams


@dataclass(slots=True, eq=False)
class Movers:
    """K objects. Mutable: `predict`, `correct`, `spawn` and `retire` change it."""

    params: FollowParams
    time: float  # s, of all states
    state: F64  # (K, 4) m and m/s: place, velocity
    spread: F64  # (K, 4, 4)
    seen: F64  # (K,) s, when each was last seen
    number: I64  # (K,) its name

    @classmethod
    def nobody(cls, params: FollowParams) -> "Movers":
        """None yet."""
        return cls(
            params, 0.0, np.empty((0, 4)), np.empty((0, 4, 4)), np.empty(0), np.empty(0, int)
        )

    def __len__(self) -> int:
        return len(self.number)

    def predict(self, time: float) -> None:
        """Bring all to `time`, which never falls."""
        step, self.time = time - self.time, time
        if step <= 0 or not len(self):
            return
        move, noise = motion(step, self.params)
        self.state = self.state @ move.T
        self.spread = move @ self.spread @ move.T + noise

    def retire(self) -> None:
        """Forget who was not seen for longer than the patience."""
        keep = self.time - self.seen <= self.params.patience
        if not keep.all():
            for name in ("state", "spread", "seen", "number"):
                setattr(self, name, getattr(self, name)[keep])

    def nats(self, xy: F64, covariance: F64) -> F64:
        """(K, D) log density (1/m²) of places (D, 2) for each object."""
        around = self.spread[:, None, :2, :2] + covariance
        return log_density(xy - self.state[:, None, :2], around, self.params.freedom)

    def correct(self, rows: I64, xy: F64, covariance: F64) -> None:
        """Let objects `rows` be seen at `xy` (R, 2). What lies far off counts for less."""
        seen = self.spread[rows][:, :2, :2] + covariance
        miss = xy - self.state[rows, :2]
        nu = self.params.freedom
        weight = np.maximum((nu + distance(miss, seen)) / (nu + 2), 1.0)
        seen = self.spread[rows][:, :2, :2] + covariance * weight[:, None, None]
        gain = self.spread[rows][:, :, :2] @ inverse(seen)
        self.state[rows] += np.einsum("rij,rj->ri", gain, miss)
        spread = self.spread[rows] - gain @ self.spread[rows][:, :2]
        self.spread[rows] = (spread + spread.transpose(0, 2, 1)) / 2
        self.seen[rows] = self.time

    def spawn(self, numbers: I64, xy: F64, covariance: F64) -> None:
        """New objects, of whose speed only the usual is known."""
        count = len(numbers)
        state, spread = np.zeros((count, 4)), np.zeros((count, 4, 4))
        state[:, :2], spread[:, :2, :2] = xy, covariance
        spread[:, [2, 3], [2, 3]] = self.params.speed**2
        self.state = np.concatenate([self.state, state])
        self.spread = np.concatenate([self.spread, spread])
        self.seen = np.concatenate([self.seen, np.full(count, self.time)])
        self.number = np.concatenate([self.number, numbers])


def motion(step: float, params: FollowParams) -> tuple[F64, F64]:
    """What `step` s do to a state: (4, 4), and the spread that they add (4, 4)."""
    fade = 2 * params.speed**2 / params.jerk  # s after which a velocity is forgotten
    left = np.exp(-step / fade)
    move = np.eye(4)
    move[[0, 1], [2, 3]] = fade * (1 - left)
    move[[2, 3], [2, 3]] = left
    q = params.speed**2
    both = q * fade * (1 - left) ** 2
    place = 2 * q * fade * (step - 2 * fade * (1 - left) + fade / 2 * (1 - left**2))
    noise = np.zeros((4, 4))
    noise[[0, 1], [0, 1]] = max(place, 0.0)
    noise[[0, 1, 2, 3], [2, 3, 0, 1]] = both
    noise[[2, 3], [2, 3]] = q * (1 - left**2)
    return move, noise


def log_density(miss: F64, around: F64, freedom: float) -> F64:
    """Log of the density of a Student t in the plane: misses (..., 2), scale (..., 2, 2)."""
    size = np.log(np.maximum(determinant(around), 1e-12))
    scale = lgamma((freedom + 2) / 2) - lgamma(freedom / 2) - log(freedom * pi)
    tail = (freedom + 2) / 2 * np.log1p(distance(miss, around) / freedom)
    return np.asarray(scale - size / 2 - tail)


def distance(miss: F64, around: F64) -> F64:
    """(...,) squared Mahalanobis distance of misses (..., 2)."""
    x, y = miss[..., 0], miss[..., 1]
    a, b, d = around[..., 0, 0], around[..., 0, 1], around[..., 1, 1]
    total = d * x * x - 2 * b * x * y + a * y * y
    return np.asarray(total / np.maximum(determinant(around), 1e-12))


def determinant(around: F64) -> F64:
    """(...,) of symmetric matrices (..., 2, 2)."""
    return np.asarray(around[..., 0, 0] * around[..., 1, 1] - around[..., 0, 1] * around[..., 1, 0])


def inverse(around: F64) -> F64:
    """(..., 2, 2) of symmetric matrices (..., 2, 2)."""
    turned = np.empty_like(around)
    turned[..., 0, 0], turned[..., 1, 1] = around[..., 1, 1], around[..., 0, 0]
    turned[..., 0, 1], turned[..., 1, 0] = -around[..., 0, 1], -around[..., 1, 0]
    return np.asarray(turned / np.maximum(determinant(around), 1e-12)[..., None, None])
