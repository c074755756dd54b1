"""The report of a camera, from its video and its tracklets."""

from dataclasses import replace
from pathlib import Path

import pytest

from camweave.app.jobs.detect import detect
from camweave.app.jobs.embed import embed
from camweave.app.jobs.report import report
from camweave.app.jobs.track import track
from camweave.core.errors import InputError
from camweave.core.tracks import Tracklets


@pytest.fixture(scope="module")
def tracklets(world: Path) -> Tracklets:
    return track(detect(world / "cam_a.mp4"))


def test_every_tracklet_that_was_embedded_is_shown_with_just_the_crops_that_were_looked_at(
    world: Path, tracklets: Tracklets, tmp_path: Path
) -> None:
    embedded = embed(world / "cam_a.mp4", tracklets)
    page = report(world / "cam_a.mp4", embedded, tmp_path / "report.html")
    assert embedded.appearance is not None
    shown = {card.tracklet_id: len(card.crops) for card in page.cards}
    looked_at = {
        int(t.tracklet_id): 0 if t.embeddings is None else len(t.embeddings) for t in embedded
    }
    assert shown == looked_at
    assert page.similarity is not None
    assert page.similarity.shape == (len(page.cards),) * 2


def test_without_appearance_the_crops_are_those_that_would_be_looked_at(
    world: Path, tracklets: Tracklets, tmp_path: Path
) -> None:
    page = report(world / "cam_a.mp4", tracklets, tmp_path / "report.html")
    assert page.similarity is None
    assert all(1 <= len(card.crops) <= 10 for card in page.cards)


def test_a_long_list_is_cut_to_the_best_and_says_how_many_are_left_out(
    world: Path, tracklets: Tracklets, tmp_path: Path
) -> None:
    page = report(world / "cam_a.mp4", tracklets, tmp_path / "report.html", most=1)
    assert (len(page.cards), page.left_out) == (1, len(tracklets) - 1)
    assert f"{len(tracklets) - 1} more" in (tmp_path / "report.html").read_text("utf-8")


def test_a_video_of_another_size_is_refused(
    world: Path, tracklets: Tracklets, tmp_path: Path
) -> None:
    wrong = replace(tracklets, width=tracklets.width * 2)
    with pytest.raises(InputError, match="made on"):
        report(world / "cam_a.mp4", wrong, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
