from dataclasses import replace

import numpy as np
import pytest
from tests.unit.linking.paths.walking_pairs import WALKERS, on_ground, square

from camweave.core.arrays import I64
from camweave.core.tracks import Tracklets
from camweave.linking.link import link
from camweave.linking.paths.abreast import meetings_abreast
from camweave.linking.paths.laid import Laid, lay_views
from camweave.linking.paths.together import Groups
from camweave.linking.sightings import sightings_of

ALL = ~np.eye(3, dtype=np.bool_)
LOOK = 0.3  # noise, with which looks tell walkers apart, but for a few


def laid_by(site: list[Tracklets], who: I64) -> Laid | None:
    """The views laid over each other, if these rows were found to be one object."""
    seen = sightings_of(site)
    met = meetings_abreast(seen, np.ones((len(seen), 1), np.float32), ALL)
    nats = np.zeros(len(met))
    return lay_views(
        seen, site, Groups(who, ALL, met, nats, nats, np.full((3, 3), np.nan), nats * 0)
    )


def test_views_laid_over_each_other_tell_who_stands_at_one_place() -> None:
    site, who = square(1, LOOK)
    laid = laid_by(site, who)
    assert laid is not None
    seen = sightings_of(site)
    met = meetings_abreast(seen, np.ones((len(seen), 1), np.float32), ALL, laid)
    same = who[met.one] == who[met.other]
    assert met.distance[same].max() < 0.1
    assert np.quantile(met.distance[~same], 0.05) > met.distance[same].max()


def test_a_few_wrong_pairs_do_no_harm() -> None:
    site, who = square(1, LOOK)
    mixed = who.copy()
    mixed[:WALKERS:4] = np.roll(mixed[:WALKERS:4], 1)  # a quarter of one camera's are others'
    laid = laid_by(site, mixed)
    assert laid is not None
    assert sorted(laid.views) == [(0, 1), (0, 2), (1, 2)]
    assert all(view.error < 0.05 for view in laid.views.values())


def test_views_of_pairs_that_are_nobody_stay_apart() -> None:
    site, who = square(1, LOOK)
    laid = laid_by(site, np.concatenate([who[:WALKERS], np.roll(who, 1)[WALKERS:]]))
    assert laid is None or sorted(laid.views) == [(1, 2)]  # those two are right


def test_a_clock_that_is_late_is_found_with_the_view() -> None:
    site, who = square(1, LOOK, late=1.0)
    laid = laid_by(site, who)
    assert laid is not None
    assert laid.views[0, 1].offset == pytest.approx(0.0, abs=0.1)
    assert laid.views[0, 2].offset == pytest.approx(1.0, abs=0.1)


def test_linking_says_which_views_it_laid_over_each_other() -> None:
    site, who = square(1, LOOK)
    found = link(sightings_of(site), tracklets=site)
    assert any(note.startswith("3 pairs of views were laid") for note in found.notes)
    names = found.identities.identity
    assert (names[:WALKERS] == names[WALKERS : 2 * WALKERS]).all()
    assert who[0] == who[WALKERS]


def test_linking_says_how_far_the_clocks_are_apart() -> None:
    site, _ = square(1, 0.2, late=1.0)
    found = link(sightings_of(site), tracklets=site)
    assert any("clocks are 1.0 s apart" in note for note in found.notes)


def test_a_wrong_homography_is_named_and_nobody_is_merged_by_it() -> None:
    site, _ = square(1, 0.2)
    found = link(sightings_of(site, on_ground(site, wrong="c")))
    told = [note for note in found.notes if "Check its homography" in note]
    assert len(told) == 1
    assert told[0].startswith("camera c: its places lie 9")
    names = found.identities.identity.reshape(3, WALKERS)
    assert (names[0] == names[1]).all()
    assert (names[0] == names[2]).all()


def test_good_homographies_are_not_doubted() -> None:
    site, _ = square(1, 0.2)
    found = link(sightings_of(site, on_ground(site)), tracklets=site)
    assert not any("homography" in note or "laid" in note for note in found.notes)


def test_without_the_boxes_of_all_cameras_no_view_is_laid() -> None:
    site, _ = square(1, LOOK)
    found = link(sightings_of(site), tracklets=site[:2])
    assert not any("laid over" in note for note in found.notes)


def test_boxes_that_the_edge_cuts_tell_no_place() -> None:
    site, who = square(1, LOOK)
    cut = [replace(each, width=640, height=1) for each in site]
    assert laid_by(cut, who) is None
