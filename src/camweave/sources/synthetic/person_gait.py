"""How a person walks: where all the joints are, from the distance walked and the speed."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, Bool
from camweave.sources.synthetic.looks import Looks
from camweave.sources.synthetic.world import Poses

STRIDE = 0.84  # two steps, as a share of height
GOLDEN = 2.399963  # rad: no two people walk in step
LIMBS = ("hip", "knee", "ankle", "heel", "toe", "shoulder", "elbow", "hand", "fingers")


@dataclass(frozen=True, slots=True, eq=False)
class Joints:
    """World points of R people, m."""

    foot: F64  # (R, 3) on the ground below the hips
    ahead: F64  # (R, 3) unit vector
    height: F64  # (R,)
    left: dict[str, F64]  # each (R, 3), by the names of LIMBS
    right: dict[str, F64]

    def spine(self, rise: F64) -> F64:
        """Points (R, L, 3) of the spine at these shares (L,) of height, leaning a little ahead."""
        up = self.height[:, None] * rise
        lean = 0.03 * (rise - 0.5) * self.height[:, None]
        points = self.foot[:, None] + lean[..., None] * self.ahead[:, None]
        points[..., 2] += up
        return points

    def _at(self, rise: float, forward: float = 0.0) -> F64:
        point = self.spine(np.array([rise]))[:, 0]
        return np.asarray(point + self.ahead * (forward * self.height)[:, None])

    @property
    def middle(self) -> F64:
        """(R, 3) half-way up."""
        return self._at(0.5)

    @property
    def hips(self) -> F64:
        """(R, 3)."""
        return self._at(0.54)

    @property
    def crotch(self) -> F64:
        """(R, 3)."""
        return self._at(0.48)

    @property
    def neck(self) -> F64:
        """(R, 3)."""
        return self._at(0.83)

    @property
    def head(self) -> F64:
        """(R, 3) its middle."""
        return self._at(0.925, 0.012)

    @property
    def pack(self) -> tuple[F64, F64]:
        """Top and bottom (R, 3) of a backpack."""
        return self._at(0.78, -0.075), self._at(0.62, -0.085)

    def sides(self, left_is_near: Bool) -> tuple[dict[str, F64], dict[str, F64]]:
        """The limbs of the far side and of the near side."""
        pick = left_is_near[:, None]
        near = {name: np.where(pick, self.left[name], self.right[name]) for name in LIMBS}
        far = {name: np.where(pick, self.right[name], self.left[name]) for name in LIMBS}
        return far, near


def walk(poses: Poses, looks: Looks) -> Joints:
    """The joints of people who walk at these poses; they stand still at speed 0."""
    height = looks.scale[poses.actor]
    phase = 2 * np.pi * poses.walked / (STRIDE * height) + GOLDEN * poses.actor
    swing = np.clip(poses.speed / 1.1, 0.0, 1.0)
    broad = height * looks.breadth[poses.actor]
    zero = np.zeros(len(poses))
    ahead = np.column_stack([poses.heading, zero])
    left = np.column_stack([-poses.heading[:, 1], poses.heading[:, 0], zero])
    foot = np.column_stack([poses.xy, zero])

    def side(sign: float) -> dict[str, F64]:
        limbs = _limbs(phase + (0.0 if sign > 0 else np.pi), swing)
        out = {}
        for name, (forward, up) in limbs.items():
            wide = 0.055 if name in LIMBS[:5] else 0.122
            out[name] = (
                foot
                + ahead * (forward * height)[:, None]
                + left * (sign * wide * broad)[:, None]
                + np.column_stack([zero, zero, up * height])
            )
        return out

    one, other = side(1.0), side(-1.0)
    low = np.minimum(one["ankle"][:, 2], other["ankle"][:, 2]) - 0.045 * height
    for limbs in (one, other):
        for name in LIMBS:
            limbs[name][:, 2] -= low  # the lower foot stands on the ground
    return Joints(foot, ahead, height, one, other)


def _limbs(phase: F64, swing: F64) -> dict[str, tuple[F64, F64]]:
    """(forward, up) of the joints of one side as shares of height."""
    thigh = 0.46 * swing * np.sin(phase)
    bent = 0.06 + swing * (0.12 + 0.75 * np.maximum(np.cos(phase), 0.0) ** 2)
    shin = thigh - bent
    arm = -0.42 * swing * np.sin(phase)
    fore = arm + 0.18 + 0.3 * swing
    hip = (np.zeros_like(phase), np.full_like(phase, 0.52))
    knee = _reach(hip, thigh, 0.245)
    ankle = _reach(knee, shin, 0.24)
    pitch = np.clip(shin * 0.8, -0.7, 0.3)
    heel = (ankle[0] - 0.022 * np.cos(pitch), ankle[1] - 0.022)
    toe = (heel[0] + 0.125 * np.cos(pitch), heel[1] + 0.125 * np.sin(pitch))
    shoulder = (np.full_like(phase, 0.005), np.full_like(phase, 0.805))
    elbow = _reach(shoulder, arm, 0.17)
    hand = _reach(elbow, fore, 0.135)
    fingers = _reach(hand, fore, 0.04)
    joints = (hip, knee, ankle, heel, toe, shoulder, elbow, hand, fingers)
    return dict(zip(LIMBS, joints, strict=True))


def _reach(joint: tuple[F64, F64], angle: F64, length: float) -> tuple[F64, F64]:
    """The far end of a limb that hangs at `angle` (rad, ahead of straight down)."""
    return joint[0] + length * np.sin(angle), joint[1] - length * np.cos(angle)
