"""What a person wants changed about who is who."""

from dataclasses import dataclass
from typing import TypeAlias

from camweave.core.identities import TrackletKey


@dataclass(frozen=True, slots=True)
class Merge:
    """Two identities are one object."""

    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Split:
    """These tracklets of an identity are another object than the rest of it."""

    identity: int
    tracklets: tuple[TrackletKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Two tracklets are one object, or two, whatever a linker says later."""

    one: TrackletKey
    other: TrackletKey
    together: bool


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A correction no longer holds."""

    of: int | None = None  # its number; None: the last one that stands


Wish: TypeAlias = Merge | Split | Lock | TakeBack
