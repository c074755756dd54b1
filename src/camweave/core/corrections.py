"""What people know better: pairs of tracklets that are one object, or two, whatever a linker says.

A correction is made by hand and stands until it is undone. Those that stand, folded, are the
constraints that every automatic pass obeys.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from camweave.core.errors import InputError
from camweave.core.identities import TrackletKey

Interval: TypeAlias = tuple[float, float]  # s: when a tracklet was first and last seen


@dataclass(frozen=True, slots=True)
class MustLink:
    """Two tracklets that are one object."""

    one: TrackletKey
    other: TrackletKey


@dataclass(frozen=True, slots=True)
class CannotLink:
    """Two tracklets that are two objects."""

    one: TrackletKey
    other: TrackletKey


Constraint: TypeAlias = MustLink | CannotLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What one person said at one time."""

    kind: Literal["merge", "split", "lock"]
    constraints: tuple[Constraint, ...]
    who: str = ""
    at: float | None = None  # s since 1970, when it was said; None: not noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """An earlier correction is taken back."""

    of: int  # its number
    who: str = ""
    at: float | None = None  # s since 1970


def constraints_of(corrections: Iterable[Correction]) -> tuple[Constraint, ...]:
    """All that these corrections say, each once, in the order it was first said."""
    said = (each for correction in corrections for each in correction.constraints)
    return tuple(dict.fromkeys(said))


def name_of(key: TrackletKey) -> str:
    """How a message names a tracklet.

    >>> name_of(TrackletKey("gate", 7))
    'gate/7'
    """
    return f"{key.camera}/{key.tracklet_id}"


class Constraints:
    """What a set of constraints says of any two tracklets, with all that follows from it.

    Who must be one with the same third is one; who cannot be one with any of such a group cannot
    be one with all of it.
    """

    def __init__(self, constraints: Iterable[Constraint] = ()) -> None:
        self._group: dict[TrackletKey, frozenset[TrackletKey]] = {}
        self._apart: dict[TrackletKey, frozenset[TrackletKey]] = {}
        given = tuple(constraints)
        for each in given:
            if isinstance(each, MustLink):
                self._join(each)
        for each in given:
            if isinstance(each, CannotLink):
                self._part(each)

    def __bool__(self) -> bool:
        return bool(self._group or self._apart)

    def group(self, key: TrackletKey) -> frozenset[TrackletKey]:
        """All that must be one with it, itself included."""
        return self._group.get(key) or frozenset((key,))

    def rivals(self, key: TrackletKey) -> frozenset[TrackletKey]:
        """All that cannot be one with it."""
        found = (self._apart.get(each, frozenset()) for each in self.group(key))
        return frozenset().union(*(self.group(each) for rivals in found for each in rivals))

    def apart(
        self, ours: Collection[TrackletKey], theirs: Collection[TrackletKey]
    ) -> tuple[TrackletKey, TrackletKey] | None:
        """One of ours and one of theirs that cannot be one, or None where all can."""
        if not self._apart:
            return None
        for one in ours:
            for other in sorted(self.rivals(one).intersection(theirs)):
                return one, other
        return None

    def together(
        self, ours: Collection[TrackletKey], theirs: Collection[TrackletKey]
    ) -> tuple[TrackletKey, TrackletKey] | None:
        """One of ours and one of theirs that must be one, or None where none must."""
        if not self._group:
            return None
        for one in ours:
            for other in sorted(self.group(one).intersection(theirs)):
                return one, other
        return None

    def _join(self, pair: MustLink) -> None:
        joined = self.group(pair.one) | self.group(pair.other)
        for key in joined:
            self._group[key] = joined

    def _part(self, pair: CannotLink) -> None:
        if pair.other in self.group(pair.one):
            raise InputError(
                f"corrections hold {name_of(pair.one)} and {name_of(pair.other)} both together "
                "and apart. Undo one of them"
            )
        for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
            self._apart[one] = self._apart.get(one, frozenset()) | {other}


def checked(
    constraints: Iterable[Constraint],
    seen: Mapping[TrackletKey, Interval],
    most_overlap: float = 0.0,
) -> Constraints:
    """The constraints, where they can all be obeyed; of tracklets not in `seen` nothing is known.

    Raises:
        InputError: they contradict each other, or make two tracklets one that one camera saw for
            more than `most_overlap` s at the same time.
    """
    given = tuple(constraints)
    made = Constraints(given)
    for each in given:
        if isinstance(each, MustLink):
            refuse_meeting(each, made.group(each.one), seen, most_overlap)
    return made


def refuse_meeting(
    pair: MustLink,
    group: Collection[TrackletKey],
    seen: Mapping[TrackletKey, Interval],
    most_overlap: float,
) -> None:
    """Refuse to make a group one in which two were seen at once by one camera.

    Raises:
        InputError: there are two; the message names them.
    """
    met = meeting(group, seen, most_overlap)
    if met is None:
        return
    one, other = met
    begin = max(seen[one][0], seen[other][0])
    end = min(seen[one][1], seen[other][1])
    until = f"{begin:g} to {end:g} s" if end < float("inf") else f"{begin:g} s on"
    via = "" if set(met) == {pair.one, pair.other} else "; corrections would make them one"
    raise InputError(
        f"{name_of(pair.one)} and {name_of(pair.other)} cannot be held together: {name_of(one)} "
        f"and {name_of(other)} were both seen by {one.camera} from {until}{via}"
    )


def meeting(
    keys: Iterable[TrackletKey], seen: Mapping[TrackletKey, Interval], most_overlap: float
) -> tuple[TrackletKey, TrackletKey] | None:
    """Two of them that one camera saw for more than `most_overlap` s at once, or None."""
    known = sorted((key.camera, *seen[key], key) for key in keys if key in seen)
    longest = None  # of this camera, who was seen until last
    for camera, begin, end, key in known:
        if longest is not None and longest[0] == camera:
            if min(end, longest[1]) - begin > most_overlap:
                return longest[2], key
            if end <= longest[1]:
                continue
        longest = (camera, end, key)
    return None
