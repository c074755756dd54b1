"""What can be set on the registry of identities."""

import math
from dataclasses import dataclass

from camweave.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryParams:
    """Knobs of `Registry`."""

    memory: float = 3600.0  # s that an ended tracklet is remembered, and so an absent identity
    most_overlap: float = 0.3  # s two tracklets of one camera may share and be one

    def __post_init__(self) -> None:
        if not self.memory > 0:
            raise InputError(f"registry: memory: expected more than 0 s, got {self.memory}")
        if not 0 <= self.most_overlap < math.inf:
            raise InputError(
                f"registry: most_overlap: expected 0 s or more, got {self.most_overlap}"
            )
