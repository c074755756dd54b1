"""Named faults: what goes wrong in a recorded world, for a site of given cameras and length."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean
from camweave.sources.synthetic.recorded.params import LookParams, Outage, RecordedParams

PRESETS: Final = (
    "plain", "easy", "hard", "whole", "fragments", "switches", "offsets", "outages", "everything",
)  # fmt: skip
DRAWN: Final = 26  # first word of the seed
OFFSET: Final = 3.0  # s that a clock is off at most
OUT: Final = (0.2, 0.4)  # share of the recording that a lost camera is lost
LOST: Final = 6  # of so many cameras one is lost, but one at least


def preset(
    name: str, *, cameras: Sequence[str], seconds: float, seed: int = 1, fps: float | None = None
) -> RecordedParams:
    """The params of a named kind of trouble.

    - `plain`: a detector that misses some, a tracker that breaks some, a fair embedder.
    - `easy`, `hard`: the same with a strong and with a weak embedder.
    - `whole`: the same as `plain` with a tracker that breaks nobody.
    - `fragments`: a quarter of the tracklets is broken besides.
    - `switches`: 5 % of the tracklets go on as another where two pass.
    - `offsets`: every clock is off, by up to 3 s, and nobody knows.
    - `outages`: one camera of six, one at least, delivers nothing for a quarter of the time or so.
    - `everything`: the last four together.

    Raises:
        InputError: there is no such preset.
    """
    if name not in PRESETS:
        raise InputError(f"no preset {name!r}{did_you_mean(name, PRESETS)}")
    rng = np.random.default_rng([seed, DRAWN])
    names = sorted(cameras)
    off = {camera: round(float(rng.uniform(-OFFSET, OFFSET)), 2) for camera in names}
    outages = _outages(names, seconds, rng)
    every = name == "everything"
    looks = {"easy": LookParams.easy(), "hard": LookParams.hard()}
    return RecordedParams(
        fps=fps,
        seed=seed,
        looks=looks.get(name, LookParams()),
        whole=name == "whole",
        fragments=0.25 if every or name == "fragments" else 0.0,
        switches=0.05 if every or name == "switches" else 0.0,
        offsets=off if every or name == "offsets" else {},
        outages=outages if every or name == "outages" else (),
    )


def _outages(
    cameras: Sequence[str], seconds: float, rng: np.random.Generator
) -> tuple[Outage, ...]:
    count = max(1, len(cameras) // LOST)
    chosen = sorted(rng.permutation(len(cameras))[:count].tolist())
    out = []
    for camera in chosen:
        length = float(rng.uniform(*OUT)) * seconds
        begin = float(rng.uniform(0.1, 0.9)) * (seconds - length)
        out.append(Outage(cameras[camera], round(begin, 1), round(begin + length, 1)))
    return tuple(out)
