"""A detector that takes cars for trucks costs little: what classes say is learned from the site."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from tests.unit.linking.road_world import Road, road

from camweave.core.arrays import I64
from camweave.core.identities import Link
from camweave.core.sightings import Sightings
from camweave.linking.link import Linked, link

CAR, TRUCK, PERSON = range(3)
NAMES = ("car", "truck", "person")
Wrong = Literal["any", "camera"]


def with_classes(world: Road, *, wrong: float = 0.0, how: Wrong = "any") -> Sightings:
    """Half of the objects are cars; a share is told wrong: here and there, or all by one camera."""
    rng, seen = np.random.default_rng(3), world.sightings
    kind = rng.choice(3, int(world.who.max()) + 1, p=[0.5, 0.2, 0.3])[world.who]
    if how == "camera":
        kind[(seen.camera == 1) & (kind == CAR)] = TRUCK
    else:
        slips = (rng.random(len(kind)) < wrong) & (kind != PERSON)
        kind[slips] = CAR + TRUCK - kind[slips]
    return replace(seen, class_id=kind.astype(np.int32), class_names=NAMES)


def found(identity: I64, who: I64) -> float:
    """F1 of the pairs of tracklets that are of one object."""
    one, other = np.triu_indices(len(who), 1)
    told, true = identity[one] == identity[other], who[one] == who[other]
    return float(2 * (told & true).sum() / (told.sum() + true.sum()))


def mixed(linked: Linked, seen: Sightings) -> list[Link]:
    """The links between two that were told to be of different classes."""
    row = {
        (seen.cameras[c], k): int(kind)
        for c, k, kind in zip(seen.camera, seen.tracklet_id, seen.class_id, strict=True)
    }
    return [each for each in linked.identities.links if row[each.one] != row[each.other]]


@pytest.fixture(scope="module")
def world() -> Road:
    return road(150, 4, every=3.0, noise=1.0, broken=0.1)


@pytest.fixture(scope="module")
def clean(world: Road) -> Linked:
    return link(with_classes(world))


def test_classes_that_are_told_as_they_are_are_walls_and_no_evidence(
    world: Road, clean: Linked
) -> None:
    assert found(clean.identities.identity, world.who) > 0.9
    assert not mixed(clean, with_classes(world))
    assert all(each.attributes is None for each in clean.identities.links)


@pytest.mark.parametrize(
    ("wrong", "how", "most"), [(0.05, "any", 0.02), (0.15, "any", 0.04), (0.0, "camera", 0.02)]
)
def test_classes_told_wrong_cost_little(  # noqa: PLR0917 - given by name
    world: Road, clean: Linked, wrong: float, how: Wrong, most: float
) -> None:
    made = link(with_classes(world, wrong=wrong, how=how))
    lost = found(clean.identities.identity, world.who) - found(made.identities.identity, world.who)
    assert lost <= most


def test_what_differing_classes_say_is_told_with_the_link(world: Road) -> None:
    seen = with_classes(world, wrong=0.15)
    made = link(seen)
    told = mixed(made, seen)
    assert len(told) > 20
    assert all(each.attributes is not None and each.attributes <= 0 for each in told)
    timed = [each for each in made.identities.links if each.how == "follows"]
    for each in timed:
        parts = each.appearance, each.transition, each.attributes
        assert sum(part for part in parts if part) == pytest.approx(each.evidence)


def test_a_person_is_never_a_vehicle_however_often_vehicles_are_mistaken(world: Road) -> None:
    seen = with_classes(world, wrong=0.15)
    made = link(seen)
    for each in mixed(made, seen):
        kinds = {seen.class_id[row] for row in rows_of(seen, each)}
        assert PERSON not in kinds or each.how == "looks"


def rows_of(seen: Sightings, told: Link) -> list[int]:
    return [
        int(np.flatnonzero((seen.camera == seen.cameras.index(k.camera))
                           & (seen.tracklet_id == k.tracklet_id))[0])
        for k in (told.one, told.other)
    ]  # fmt: skip


def test_whose_class_is_unknown_is_linked_by_all_else(world: Road, clean: Linked) -> None:
    seen = with_classes(world)
    some = np.random.default_rng(5).random(len(seen)) < 0.2
    made = link(replace(seen, class_id=np.where(some, -1, seen.class_id).astype(np.int32)))
    full = found(clean.identities.identity, world.who)
    assert found(made.identities.identity, world.who) > full - 0.04
