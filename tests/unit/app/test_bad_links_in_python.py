"""What bad input gets from linking in Python: an error of one line, or a stated rule."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from tests.made_up import made_up
from tests.unit.app.cli.small_site import looks, tracklets, two_cameras
from tests.unit.app.cli.test_bad_links import WRONG

import camweave as api
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops
from camweave.core.topology import Topology, Transition
from camweave.linking.link import link
from camweave.linking.sightings import sightings_of


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_an_error_of_one_line_and_changes_nothing(
    tmp_path: Path, name: str
) -> None:
    site = two_cameras(tmp_path)
    spoil, told = WRONG[name]
    spoil(site)
    before = contents(site)
    with pytest.raises(api.CamweaveError) as error:
        api.link(site / "site.yaml", out=site)
    assert told in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    assert contents(site) == before


def ring(names: str = "ab", *, least: float = 5.0, most: float = 40.0) -> Topology:
    """Each camera's objects go on to the next."""
    cameras = tuple(map(CameraId, names))
    ways = zip(cameras, cameras[1:] + cameras[:1], strict=True)
    return Topology(
        cameras=cameras,
        transitions=tuple(Transition(source=s, target=t, least=least, most=most) for s, t in ways),
    )


def test_no_tracklets_are_no_identities() -> None:
    nobody = made_up([], [], [], cameras=("a", "b"))
    linked = link(nobody, ring())
    assert len(linked.identities.identity) == 0
    assert linked.notes == ("no tracklets: no identities",)


def test_a_camera_that_the_topology_lacks_is_named() -> None:
    seen = made_up([0, 1], [0, 9], [5, 14], cameras=("a", "z"))
    with pytest.raises(InputError, match=r"'?z'?"):
        link(seen, ring())


def test_a_topology_may_know_more_cameras_than_were_on() -> None:
    seen = made_up([0, 1], [0, 9], [5, 14], cameras=("a", "b"))
    assert len(link(seen, ring("abc")).identities.identity) == 2


def test_a_window_with_more_least_than_most_is_refused() -> None:
    with pytest.raises(InputError, match="least"):
        ring(least=9.0, most=4.0)


def test_looks_of_two_lengths_are_refused_with_their_cameras() -> None:
    one, other = (tracklets(c, (0, 5), looks=looks(0, size=n)) for c, n in (("a", 8), ("b", 5)))
    with pytest.raises(api.CamweaveError, match=r"8.*5|5.*8"):
        sightings_of([one, other])


@pytest.mark.parametrize("given", [None, ring("abcdefghij", least=0.0, most=30.0)])
def test_a_hundred_thousand_crops_of_one_look_put_nobody_in_two_places(
    given: Topology | None,
) -> None:
    count, each, cameras = 2000, 50, "abcdefghij"
    camera = np.sort(np.arange(count) % len(cameras))
    begin = np.random.default_rng(1).permutation(count) * 1.0
    crops = Crops(
        offsets=each * np.arange(count + 1),
        time=np.repeat(begin, each),
        frame=np.zeros(count * each, np.int64),
        embedding=np.tile(np.eye(1, 8, dtype=np.float32), (count * each, 1)),
        quality=np.ones(count * each, np.float32),
    )
    seen = made_up(camera, begin, begin + 8, cameras=cameras, crops=crops)
    identity = link(seen, given).identities.identity
    one, other = np.triu_indices(count, 1)
    shared = np.minimum(seen.end[one], seen.end[other]) - np.maximum(
        seen.begin[one], seen.begin[other]
    )
    at_once = (camera[one] == camera[other]) & (shared > 0.3)
    assert not (at_once & (identity[one] == identity[other]) & (identity[one] >= 0)).any()


def test_clocks_that_are_days_apart_link_nothing_through_a_window() -> None:
    sites = [
        tracklets("a", (0, 5), (9, 14), looks=looks(0, 1)),
        tracklets("b", (3e5, 3e5 + 5), (3e5 + 9, 3e5 + 14), looks=looks(0, 1)),
    ]
    linked = link(sightings_of(sites), ring())
    assert not [each for each in linked.identities.links if each.how == "follows"]


def test_who_spans_anothers_whole_life_in_one_camera_is_somebody_else() -> None:
    both = tracklets("a", (0, 20), (5, 9), looks=looks(0, 0))
    identity = link(sightings_of([both])).identities.identity
    assert identity[0] != identity[1]


def test_linking_leaves_its_input_as_it_was() -> None:
    one = tracklets("a", (0, 5), (9, 14), looks=looks(0, 1))
    other = tracklets("b", (15, 20), (24, 29), looks=looks(0, 1))
    seen = sightings_of([one, other])
    arrays = [
        getattr(part, field.name)
        for part in (seen, seen.crops, seen.paths)
        for field in fields(part)
        if isinstance(getattr(part, field.name), np.ndarray)
    ]
    before = [array.tobytes() for array in arrays]
    link(seen, ring())
    assert [array.tobytes() for array in arrays] == before
