"""Where views share ground, place and time say who is who."""

import numpy as np
from tests.unit.linking.live.live_world import A, B, Visit, final, tracklets_of

from camweave.core.arrays import F32, F64
from camweave.core.events import Linked
from camweave.core.topology import Topology
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.replay import Replayed, replay


def ground(xyxy: F32) -> tuple[F64, F64]:
    """Ten pixels are a metre, in both cameras."""
    feet = np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]], axis=1)
    return feet.astype(np.float64) / 10, np.full(len(xyxy), 0.3)


def seen_by_two(visits: list[Visit]) -> Replayed:
    feeds = [Feed.of_tracklets(tracklets_of(camera, visits)) for camera in (A, B)]
    return replay(feeds, LiveLinker(Topology(cameras=(A, B))), ground={A: ground, B: ground})


def test_who_stands_in_one_place_in_two_views_is_one() -> None:
    visits = [
        Visit(A, 1, 1.0, 12.0, x=100.0),
        Visit(A, 2, 1.0, 12.0, x=400.0),
        Visit(B, 1, 1.0, 12.0, x=400.0),
        Visit(B, 2, 1.0, 12.0, x=100.0),
    ]
    replayed = seen_by_two(visits)
    who = final(replayed)
    assert who[A, 1] == who[B, 2] != who[A, 2] == who[B, 1]
    links = [e.link for e in replayed.events if isinstance(e, Linked) and e.link is not None]
    assert {link.how for link in links} == {"overlap"}
    assert all(link.ground is not None and link.ground > 0 for link in links)


def test_two_look_alikes_in_two_places_are_two() -> None:
    who = final(seen_by_two([Visit(A, 1, 1.0, 12.0, x=100.0), Visit(B, 1, 3.0, 12.0, x=400.0)]))
    assert who[A, 1] != who[B, 1]
