"""What can be set on the registry of identities."""

import math
from dataclasses import dataclass
from typing import Final

from camweave.core.errors import InputError

INSTANT: Final = 1e-9  # s: shorter than from any frame to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryParams:
    """Knobs of `Registry`."""

    memory: float = 3600.0  # s that an ended tracklet is remembered, and so an absent identity
    most_overlap: float = 0.3  # s two tracklets of one camera may share and be one; 0: no frame

    def __post_init__(self) -> None:
        if not self.memory > 0:
            raise InputError(f"registry: memory: expected more than 0 s, got {self.memory}")
        if not 0 <= self.most_overlap < math.inf:
            raise InputError(
                f"registry: most_overlap: expected 0 s or more, got {self.most_overlap}"
            )

    @property
    def shared(self) -> float:
        """S that must be exceeded: who is in one frame twice shares 0 s, and is two."""
        return self.most_overlap or -INSTANT
