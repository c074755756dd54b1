"""The parameters of live linking. Times are seconds of media, evidence is in nats."""

import math
from dataclasses import dataclass, fields

from camweave.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveParams:
    """Knobs of `LiveLinker`: when it looks, how sure it must be, how long it remembers."""

    interval: float = 0.5  # s between two linkings
    tentative: float = 1.0  # s a tracklet is watched, at most, before it gets an identity
    sure: float = 4.0  # nats of margin at which it gets it at first sight
    margin: float = 0.6  # nats by which a link must beat all else, once watched long enough
    memory: float = 3600.0  # s an identity is remembered after it was last seen
    most: int = 20_000  # identities remembered
    members: int = 24  # tracklets of an identity remembered, the last ones
    hold: float = 2.0  # nats by which another claim must be better than what stands
    learn_every: float = 5.0  # s between two lessons

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value < math.inf:
                raise InputError(f"live: {field.name}: expected 0 or more, got {value:g}")
        for name in ("interval", "most", "members", "learn_every"):
            if not getattr(self, name):
                raise InputError(f"live: {name}: expected more than 0")
