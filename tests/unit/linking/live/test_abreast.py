"""Who is in an overlapping view just now may come into this one, as often as others did."""

import numpy as np
from tests.unit.linking.live.live_world import A, B, C, Visit, final, tracklets_of

from camweave.core.identities import TrackletKey
from camweave.core.topology import Topology, Transition
from camweave.linking.live.abreast import LAGS, Abreast
from camweave.linking.live.evidence import Pairs, table
from camweave.linking.live.feed import Feed
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.replay import replay

TOGETHER = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], np.bool_)


def gallery_of(visits: list[Visit]) -> Gallery:
    """Each an identity of its own, but the last, who is asked about."""
    gallery = Gallery((A, B, C))
    for n, visit in enumerate(visits):
        slot = gallery.tracklet(TrackletKey(visit.camera, visit.number))
        gallery.tracklets["begin"][slot], gallery.tracklets["end"][slot] = visit.begin, visit.end
        if n + 1 < len(visits):
            gallery.give(slot, gallery.identity(100 + n))
    return gallery


def test_only_who_is_there_in_an_overlapping_view_is_told_of() -> None:
    gallery = gallery_of(
        [Visit(A, 1, 0.0, 9.0), Visit(A, 2, 0.0, 4.0), Visit(C, 1, 0.0, 9.0), Visit(B, 1, 5.0, 9.0)]
    )
    told = np.zeros((3, 3, len(LAGS) + 1))
    told[0, 1] = -2.0
    asked = np.arange(3)
    nats = Abreast(TOGETHER, told).nats(gallery, np.full(3, 3), asked)
    np.testing.assert_array_equal(nats, [-2.0, np.nan, np.nan])


def test_overlapping_views_do_not_take_an_identity_from_each_other() -> None:
    """Two newcomers want one identity: both can have it if they may be in view at one time."""
    none = np.zeros(2)
    pairs = Pairs(
        tracklet=np.array([4, 7]),
        identity=np.array([3, 3]),
        tail=np.array([0, 0]),
        similarity=none,
        gap=none,
        appearance=np.array([2.0, 3.0]),
        transition=none,
        ground=none,
        attributes=none,
    )
    rows = np.array([4, 7])
    rivals, _ = table(pairs, rows, np.array([0, 0]))
    assert rivals.tolist() == [[2.0], [3.0]]
    others, number = table(pairs, rows, np.array([1, 2]))
    assert others.tolist() == [[2.0, -np.inf], [-np.inf, 3.0]]
    assert number.tolist() == [[0, -1], [-1, 1]]


def test_two_views_drawn_as_overlapping_have_one_object_at_one_time() -> None:
    visits = [
        Visit(camera, n, 4.0 * n + lag, 4.0 * n + lag + 7.0, look=n, noise=0.05)
        for n in range(1, 40)
        for camera, lag in ((A, 0.0), (B, 1.5))
    ]
    ways = tuple(Transition(source=s, target=t, least=-9.0, most=9.0) for s, t in ((A, B), (B, A)))
    linker = LiveLinker(Topology(cameras=(A, B), transitions=ways))
    replayed = replay([Feed.of_tracklets(tracklets_of(c, visits)) for c in (A, B)], linker)
    who, shown = final(replayed), replayed.cameras[B]
    assert all(who[A, n] == who[B, n] for n in range(1, 40))
    decided = shown.shown[(shown.time > 80) & (shown.shown >= 0)]
    later = shown.final[(shown.time > 80) & (shown.shown >= 0)]
    assert np.mean(decided == later) > 0.95
