"""What the report of one camera says."""

from dataclasses import dataclass

from camweave.core.arrays import F32, U8


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which an object was followed without a break."""

    begin: float  # s
    end: float  # s
    seen: bool  # False: filled in between two sights


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """One look at an object."""

    image: U8  # (H, W, 3) BGR
    time: float  # s
    quality: float  # 0 to 1


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One tracklet, as the page tells it."""

    tracklet_id: int
    class_name: str
    colour: str  # CSS
    spans: tuple[Span, ...]  # in order of time
    facts: tuple[tuple[str, str], ...]  # what, how much
    crops: tuple[Crop, ...]

    @property
    def begin(self) -> float:
        """When it was first seen, s."""
        return self.spans[0].begin

    @property
    def end(self) -> float:
        """When it was last seen, s."""
        return self.spans[-1].end


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """All that the report of one camera says."""

    title: str
    facts: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]  # best first
    similarity: F32 | None  # (N, N) cosine of the cards' looks, NaN where one has none
    left_out: int  # tracklets beyond those on the cards
