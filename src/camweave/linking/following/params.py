"""What can be set on following objects on the ground."""

import math
from dataclasses import dataclass, field

from camweave.core.errors import InputError
from camweave.linking.ground import GroundParams


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowParams:
    """Knobs of `follow_on_ground`: metres, seconds and nats, whatever the frame rate."""

    ground: GroundParams = field(default_factory=GroundParams)
    speed: float = 5.0  # m/s, standard deviation to either side: room for vehicles
    jerk: float = 0.5  # m²/s³: how fast a velocity changes, its variance per second
    freedom: float = 4.0  # of the t distribution of a miss: 4 has heavy tails
    rare: float = 0.005  # 1/m²: density of new objects in an instant; others are not so rare
    hold: float = 2.0  # nats for what a tracklet was last taken to be
    patience: float = 3.0  # s that an unseen object is waited for while following
    begin: float = 0.5  # score from which on a detection may begin a track
    absence: float = 3.0  # s that somebody out of sight is away, on average
    horizon: float = 10.0  # s after which who returns is not known again by place alone
    returns: float = 0.5  # share of those who were lost that return
    least: float = 2.0  # nats from which on two who are seen at the same time are one
    doubt: float = -4.0  # nats: no distance says more against, for maps can be wrong
    pace: float = 2.0  # s after which a calibration's miss at a place counts as a new one

    def __post_init__(self) -> None:
        for name in ("speed", "jerk", "freedom", "rare", "patience", "absence", "horizon", "pace"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise InputError(f"ground: {name}: expected above 0, got {value}")
