"""Small words for tests of the registry."""

from camweave.core.corrections import meeting
from camweave.core.events import Created, Event, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.registry.registry import Registry
from camweave.linking.registry.state import open_interval


def key(name: str) -> TrackletKey:
    """`a1` is tracklet 1 of camera a."""
    return TrackletKey(CameraId(name[0]), int(name[1:]))


def seen(name: str, begin: float, end: float, *, growing: bool = False) -> Span:
    return Span(key(name), begin, end, growing)


def because(one: str, other: str, evidence: float = 3.0) -> Link:
    return Link(one=key(one), other=key(other), how="follows", evidence=evidence)


def minted(events: tuple[Event, ...]) -> GlobalId:
    first = events[0]
    assert isinstance(first, Created)
    return first.identity


def who(registry: Registry, *names: str) -> list[int]:
    return [registry.identity_of(key(name)) for name in names]


def kinds(events: tuple[Event, ...]) -> list[str]:
    return [event.kind for event in events]


def is_lawful(registry: Registry) -> bool:
    """No identity holds two that one camera saw at once, or two that people hold apart."""
    for identity in registry.living:
        spans = registry.members(identity)
        times = {span.key: open_interval(span) for span in spans}
        if meeting(times, times, registry.params.most_overlap) is not None:
            return False
        if registry.constraints.apart(list(times), list(times)) is not None:
            return False
    return True
