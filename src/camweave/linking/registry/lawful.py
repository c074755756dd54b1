"""Parts made lawful: nobody twice at once in one camera, and what people said holds."""

from collections.abc import Iterable, Sequence
from math import inf

from camweave.core.corrections import Constraints, meeting, name_of
from camweave.core.errors import InputError
from camweave.core.events import Span
from camweave.core.identities import TrackletKey
from camweave.linking.registry.state import State, open_interval

Part = dict[TrackletKey, Span]


def lawful(constraints: Constraints, parts: Sequence[Part], most_overlap: float) -> list[Part]:
    """Parts that are as given where they can be, in order of whom they saw first.

    Who must be one is brought together. Who cannot be one is parted: whoever was seen for longer
    stays, and the others make parts of their own.
    """
    joined = _joined(constraints, parts)
    made = [piece for each in joined for piece in _pieces(constraints, each, most_overlap)]
    return sorted((each for each in made if each), key=first_of)


def first_of(part: Part) -> tuple[float, TrackletKey]:
    """When a part was first seen, and as what."""
    return min((span.begin, key) for key, span in part.items())


def _joined(constraints: Constraints, parts: Sequence[Part]) -> list[Part]:
    if not constraints:
        return list(parts)
    made: list[Part] = []
    of: dict[TrackletKey, Part] = {}
    for each in parts:
        bound = {id(of[k]): of[k] for key in each for k in constraints.group(key) if k in of}
        whole = dict(each)
        for other in bound.values():
            whole.update(other)
            made = [kept for kept in made if kept is not other]
        made.append(whole)
        of.update(dict.fromkeys((k for key in whole for k in constraints.group(key)), whole))
    return made


def _pieces(constraints: Constraints, part: Part, most_overlap: float) -> Iterable[Part]:
    if _is_lawful(constraints, part, most_overlap):
        return [part]
    pieces: list[Part] = []
    for unit in _units(constraints, part, most_overlap):
        for piece in pieces:
            if _is_lawful(constraints, {**piece, **unit}, most_overlap):
                piece.update(unit)
                break
        else:
            pieces.append(dict(unit))
    return pieces


def _is_lawful(constraints: Constraints, part: Part, most_overlap: float) -> bool:
    seen = {key: open_interval(span) for key, span in part.items()}
    met = meeting(seen, seen, most_overlap)
    return met is None and constraints.apart(list(part), part) is None


def _units(constraints: Constraints, part: Part, most_overlap: float) -> list[Part]:
    """What must be one, and each of the others alone; who was seen longest comes first."""
    units: list[Part] = []
    done: set[TrackletKey] = set()
    for key in sorted(part):
        if key not in done:
            group = sorted(constraints.group(key).intersection(part))
            unit = {each: part[each] for each in group}
            done.update(unit)
            whole = _is_lawful(constraints, unit, most_overlap)
            units += [unit] if whole else [{k: span} for k, span in unit.items()]
    return sorted(units, key=lambda unit: (-_length(unit), *first_of(unit)))


def _length(unit: Part) -> float:
    return sum(inf if span.growing else span.end - span.begin for span in unit.values())


def refuse_unlawful(state: State, spans: Sequence[Span], most_overlap: float) -> None:
    """See that tracklets, all new, can be one identity.

    Raises:
        InputError: there is none, one is linked already, or two cannot be one.
    """
    part = {span.key: span for span in spans}
    if not part:
        raise InputError("mint: an identity has at least one tracklet")
    known = sorted(key for key in part if key in state.where)
    if known:
        raise InputError(f"mint: {name_of(known[0])} is of identity {state.where[known[0]]}")
    if len(part) != len(spans) or not _is_lawful(state.constraints, part, most_overlap):
        names = ", ".join(name_of(key) for key in sorted(part))
        raise InputError(f"mint: these cannot be one identity: {names}")
