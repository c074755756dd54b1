"""What is wrong with a recorded world: its detector, its tracker, its embedder, its cameras."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from camweave.core.errors import InputError
from camweave.sources.synthetic.oracle import OracleParams


@dataclass(frozen=True, slots=True, kw_only=True)
class LookParams:
    """How well the embedder tells one from another. Lengths of vectors; one's own is 1.

    The defaults are those of a fair vehicle ReID network; `easy` and `hard` are the others.
    """

    dimension: int = 128
    kind: float = 0.55  # what all of one class share
    model: float = 0.45  # what all of one body share
    paint: float = 0.60  # what all of one colour share
    person: float = 0.55  # what only this one has; the four together are then made 1 long
    view: float = 0.55  # what the side it is seen from adds, the same for all of its class
    own_view: float = 0.50  # and for each one
    camera: float = 0.45  # what a camera adds to all it sees
    own_camera: float = 0.30  # and to each one
    drift: float = 0.15  # what the light adds, slowly changing, in each camera its own
    hidden: float = 0.90  # what hides somebody is mixed in, by the share that is hidden
    stay: float = 0.25  # noise that stays for as long as it is in view
    noise: float = 0.30  # noise of a good crop; of a bad one, by 1 / sqrt(quality) more
    tails: int = 2  # degrees of freedom of the noise's length: the fewer, the more outliers

    def __post_init__(self) -> None:
        if self.dimension < 1 or self.tails < 1:
            raise InputError("looks: dimension and tails are 1 or more")

    @classmethod
    def easy(cls) -> "LookParams":
        """A strong embedder by day."""
        return cls(person=0.8, own_view=0.35, camera=0.3, tails=6)

    @classmethod
    def hard(cls) -> "LookParams":
        """A weak embedder, or night."""
        return cls(person=0.45, own_view=0.65, camera=0.6, stay=0.4, noise=0.5)


@dataclass(frozen=True, slots=True)
class Outage:
    """A camera that delivers nothing for a while."""

    camera: str
    begin: float  # s, on the site's clock
    end: float  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedParams:
    """Knobs of a recorded world; equal ones give equal recordings."""

    fps: float | None = None  # frames/s; None: each camera's own
    oracle: OracleParams = field(default_factory=OracleParams)  # the detector's faults
    patience: float = 1.5  # s that a tracker waits for who is hidden
    strong: float = 0.6  # score from which on a detection brings back who was lost
    birth: float = 0.7  # score from which on a detection begins a tracklet
    whole: bool = False  # nobody is broken: one tracklet for all rows of a stay in view
    fragments: float = 0.0  # share of the tracklets that are broken besides, where most is hidden
    switches: float = 0.0  # share of the tracklets that go on as another where two pass
    offsets: Mapping[str, float] = field(default_factory=dict)  # s that clocks are ahead, unknown
    outages: tuple[Outage, ...] = ()
    looks: LookParams = field(default_factory=LookParams)
    crops: int = 8  # of one tracklet that are embedded, at most
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("fragments", "switches"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise InputError(f"recorded: {name}: expected a share, 0 to 1, got {share}")
        if self.crops < 0 or not 0 <= self.patience < math.inf:
            raise InputError("recorded: crops and patience are 0 or more")
        if self.fps is not None and not 0 < self.fps < math.inf:
            raise InputError(f"recorded: fps: expected more than 0, got {self.fps}")
