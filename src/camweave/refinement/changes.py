"""What refinement did, said so that people and programs can follow it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

Why: TypeAlias = Literal["gap", "jump", "looks"]
Fate: TypeAlias = Literal["short", "faint", "twin"]


@dataclass(frozen=True, slots=True)
class Split:
    """A tracklet was cut: from `time` on it is another one."""

    tracklet_id: int
    time: float  # s, of the first row of the later part
    becomes: int  # id of the track that the later part is in
    why: Why  # a gap whose link is not believed, a jump, or another look
    evidence: float | None  # nats for its having been one path; None where that was not asked
    change: Literal["split"] = "split"


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts of two tracklets became one track."""

    tracklet_id: int  # of the earlier part, as given
    with_id: int  # of the later part, as given
    becomes: int  # id of the track that both are in
    time: float  # s, of the first row of the later part
    gap: float  # s between the two
    evidence: float  # nats for their being one path
    change: Literal["joined"] = "joined"


@dataclass(frozen=True, slots=True)
class Filled:
    """Rows were put into gaps of a track."""

    tracklet_id: int
    rows: int
    change: Literal["filled"] = "filled"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows were taken out: a whole track, or where a tracklet doubled another one."""

    tracklet_id: int
    rows: int
    why: Fate
    twin: int | None = None  # the tracklet that it doubled
    change: Literal["dropped"] = "dropped"


Change: TypeAlias = Split | Joined | Filled | Dropped


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that was done to one camera's tracklets, in order of time within each kind."""

    splits: tuple[Split, ...] = ()
    joins: tuple[Joined, ...] = ()
    drops: tuple[Dropped, ...] = ()
    fills: tuple[Filled, ...] = ()

    def __iter__(self) -> Iterator[Change]:
        yield from self.splits
        yield from self.joins
        yield from self.drops
        yield from self.fills

    def __len__(self) -> int:
        return len(self.splits) + len(self.joins) + len(self.drops) + len(self.fills)

    def lines(self) -> Iterator[str]:
        """One JSON object a change, without line ends.

        >>> print(*Changes(fills=(Filled(3, 7),)).lines())
        {"change": "filled", "tracklet_id": 3, "rows": 7}
        """
        for each in self:
            told = asdict(each)
            yield json.dumps({"change": told.pop("change"), **told})

    @property
    def summary(self) -> dict[str, int]:
        """How many of each kind there are, and the rows filled in and taken out."""
        return {
            "splits": len(self.splits),
            "joins": len(self.joins),
            "dropped": len(self.drops),
            "rows_filled": sum(each.rows for each in self.fills),
            "rows_dropped": sum(each.rows for each in self.drops),
        }
