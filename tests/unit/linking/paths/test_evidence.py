"""What links say of themselves is true: computed here again, from the tracklets alone."""

from itertools import pairwise

import numpy as np
import pytest
from tests.unit.linking.road_world import Road, road

from camweave.core.arrays import F32
from camweave.core.identities import Crop, Link, TrackletKey
from camweave.core.topology import Topology, Transition
from camweave.formats.topology_entries import edge_name
from camweave.linking.link import Linked, link
from camweave.linking.params import LINKAGES, LinkParams


class Told:
    """A road's links, and the tracklets that they are about."""

    def __init__(self, linkage: str, *, layout: bool) -> None:
        self.world: Road = road(objects=40, broken=0.3)
        names = self.world.sightings.cameras
        ways = [Transition(source=a, target=b, least=8.0, most=50.0) for a, b in pairwise(names)]
        self.drawn = Topology(cameras=names, transitions=tuple(ways)) if layout else None
        params = LinkParams(linkage=linkage, min_similarity=0.3)  # type: ignore[arg-type]  # one
        self.made: Linked = link(self.world.sightings, self.drawn, params)
        seen = self.world.sightings
        cameras = (seen.cameras[c] for c in seen.camera)
        keys = map(TrackletKey, cameras, seen.tracklet_id.tolist())
        self.row = {key: number for number, key in enumerate(keys)}

    @property
    def links(self) -> tuple[Link, ...]:
        return self.made.identities.links

    def rows(self, told: Link) -> tuple[int, int]:
        return self.row[told.one], self.row[told.other]

    def crops_of(self, row: int) -> F32:
        crops = self.world.sightings.crops
        return crops.embedding[crops.of(row)]

    def at(self, crop: Crop) -> int:
        """Which of its tracklet's crops it is."""
        crops, mine = self.world.sightings.crops, self.row[crop.key]
        (found,) = np.flatnonzero(crops.frame[crops.of(mine)] == crop.frame)
        assert crops.time[crops.of(mine)][found] == crop.time
        return int(found)


@pytest.fixture(scope="module", params=[(each, layout) for each in LINKAGES for layout in (0, 1)],
                ids=lambda each: f"{each[0]}-{'layout' if each[1] else 'none'}")  # fmt: skip
def told(request: pytest.FixtureRequest) -> Told:
    linkage, layout = request.param
    return Told(linkage, layout=bool(layout))


def test_the_earlier_one_comes_first_and_the_gap_is_that_between_them(told: Told) -> None:
    seen = told.world.sightings
    assert len(told.links) > 20
    for each in told.links:
        one, other = told.rows(each)
        assert seen.begin[one] <= seen.begin[other]
        assert each.gap == pytest.approx(float(seen.begin[other] - seen.end[one]))


def test_the_crops_shown_are_the_two_most_alike_of_all(told: Told) -> None:
    for each in told.links:
        assert each.crops is not None
        assert (each.crops[0].key, each.crops[1].key) == (each.one, each.other)
        one, other = told.rows(each)
        alike = told.crops_of(one) @ told.crops_of(other).T
        shown = alike[told.at(each.crops[0]), told.at(each.crops[1])]
        assert shown == pytest.approx(float(alike.max()), abs=1e-5)


def test_the_edge_is_between_their_cameras_and_the_window_is_the_sites(told: Told) -> None:
    windows = {edge_name(each): each for each in told.made.topology.transitions}
    known = {(each.source, each.target) for each in windows.values() if not each.exit_zone}
    for each in told.links:
        if each.how == "follows":
            assert bool(each.edge) == ((each.one.camera, each.other.camera) in known)
        if each.edge is not None:
            window = windows[each.edge]
            assert (window.source, window.target) == (each.one.camera, each.other.camera)
            assert each.window == (window.least, window.most)


def test_the_runner_up_is_a_third_and_the_margin_its_distance(told: Told) -> None:
    rivals = [each for each in told.links if each.runner_up is not None]
    assert rivals
    for each in rivals:
        assert each.runner_up not in {each.one, each.other}
        assert each.margin is not None
    for each in told.links:
        assert (each.runner_up is None) == (each.margin is None)


def test_the_parts_of_a_paths_evidence_add_up_to_it(told: Told) -> None:
    for each in told.links:
        if each.how in {"follows", "fragment"} and each.evidence:
            assert each.appearance is not None
            assert each.transition is not None
            assert each.appearance + each.transition == pytest.approx(each.evidence)


def test_a_path_links_margin_is_by_evidence_and_positive_for_the_best(told: Told) -> None:
    """Who was chosen for `other` by paths is mostly the best for it; the sum decides, not one."""
    margins = [e.margin for e in told.links if e.how == "follows" and e.margin is not None]
    if margins:
        assert np.mean(np.array(margins) > 0) > 0.9


def test_the_cosine_of_clustered_links_is_that_of_their_looks(told: Told) -> None:
    crops = told.world.sightings.crops
    for each in told.links:
        if each.how != "looks" or each.appearance is not None:
            continue
        vectors = []
        for row in told.rows(each):
            mean = crops.quality[crops.of(row)] @ told.crops_of(row)
            vectors.append(mean / np.linalg.norm(mean))
        assert each.similarity == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-4)
