"""Applies registry events to the gallery: which identity holds which tracklet."""

from collections.abc import Iterable

from camweave.core.events import (
    Closed,
    Confirmed,
    Corrected,
    Created,
    Event,
    Forgotten,
    Linked,
    Merged,
    Moved,
    Seen,
    Split,
    Undone,
)
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.gallery import Gallery


def follow(gallery: Gallery, events: Iterable[Event]) -> None:
    """Let the gallery hold what the registry does, after these events."""
    for event in events:
        _follow(gallery, event)


def _follow(gallery: Gallery, event: Event) -> None:  # noqa: C901 - one line per kind of event
    match event:
        case Created():
            gallery.identity(event.identity)
        case Linked():
            _hand(gallery, [event.span.key], event.identity, event.time)
        case Merged():
            _hand(gallery, event.tracklets, event.identity, event.time)
        case Split():
            _hand(gallery, event.tracklets, event.into, event.time)
        case Moved():
            for move in event.moves:
                _hand(gallery, [move.key], move.into, event.time)
        case Forgotten() | Closed():
            _let_go(gallery, event)
        case Seen() | Confirmed() | Corrected() | Undone():
            pass


def _let_go(gallery: Gallery, event: Forgotten | Closed) -> None:
    match event:
        case Forgotten():
            for key in event.tracklets:
                _forget(gallery, key)
        case Closed():
            if event.identity in gallery.by_id:
                gallery.drop_identity(gallery.by_id[event.identity])


def _hand(gallery: Gallery, keys: Iterable[TrackletKey], into: int, time: float) -> None:
    """Give tracklets to an identity, from wherever they are; unknown ones were let go before."""
    slots = [gallery.slot[key] for key in keys if key in gallery.slot]
    if not slots:
        return
    target = gallery.by_id.get(into)
    target = gallery.identity(into) if target is None else target
    for slot in slots:
        if gallery.tracklets["identity"][slot] != NOBODY:
            gallery.take_away(slot)
        gallery.give(slot, target)
        gallery.tracklets["since"][slot] = time


def _forget(gallery: Gallery, key: TrackletKey) -> None:
    slot = gallery.slot.get(key)
    if slot is None:
        return
    if gallery.tracklets["identity"][slot] != NOBODY:
        gallery.take_away(slot)
    gallery.drop_tracklet(slot)


def hand(gallery: Gallery, slot: int, into: int, time: float) -> None:
    """Give one tracklet to an identity, or to nobody (`UNLINKED`)."""
    if gallery.tracklets["identity"][slot] != NOBODY:
        gallery.take_away(slot)
    if into != UNLINKED:
        _hand(gallery, [gallery.key(slot)], into, time)
