"""What was shown against the exact truth: each camera by itself, and identities across them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from camweave.app.jobs.demo.known_world import KnownWorld
from camweave.app.jobs.demo.shown import Owner, Shown
from camweave.app.jobs.evaluate import ACROSS
from camweave.core.arrays import F64, I64
from camweave.core.tracks import BoxTable
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.scores import Scores
from camweave.evaluation.stability import Stability, stability
from camweave.formats.mot import write_mot_truth

OWN: Final = 1_000_000  # a camera's own numbers, from one camera's to the next one's
TRUTH, SHOWN = "truth", "shown"
RULES: Final = "forgiving"

Tables = dict[str, BoxTable]


@dataclass(frozen=True, slots=True)
class DemoScores:
    """How good a run was, as people saw it."""

    cameras: tuple[Scores, ...]  # each by itself, with the ids as shown
    across: Scores  # all as one: an id is one object in all cameras, and as shown
    final: Scores  # the same with the ids as they are in the end
    stability: Stability


def scored(world: KnownWorld, shown: Shown, owner: Owner, folder: Path) -> DemoScores | None:
    """The scores of what was shown; None where nothing was.

    Leaves `truth/CAMERA.txt` and `shown/CAMERA.txt` in `folder`, of the pictures that are scored.

    Raises:
        OutputError: a file could not be written.
    """
    cameras = shown.cameras
    if not cameras:
        return None
    frames = {camera: shown.frames(camera) for camera in cameras}
    truth: Tables = {camera: world.truth(camera, frames[camera][0]) for camera in cameras}
    live: Tables = {camera: shown.table(camera) for camera in cameras}
    last: dict[str, I64] = {camera: shown.final(camera, owner) for camera in cameras}
    as_shown = told_apart(live)
    in_the_end = told_apart({c: replace(live[c], object_id=last[c]) for c in cameras})
    for camera in cameras:
        write_mot_truth(folder / TRUTH / f"{camera}.txt", truth[camera])
        write_mot_truth(folder / SHOWN / f"{camera}.txt", as_shown[camera])
    times: dict[str, F64] = {camera: frames[camera][1] for camera in cameras}
    return DemoScores(
        cameras=tuple(
            evaluate(truth[camera], as_shown[camera], name=camera, rules=RULES)
            for camera in cameras
        ),
        across=joined(truth, as_shown),
        final=joined(truth, in_the_end),
        stability=stability(truth, live, last, times),
    )


def joined(truth: Mapping[str, BoxTable], result: Mapping[str, BoxTable]) -> Scores:
    """All cameras scored as one."""
    return evaluate(*join_cameras(truth, result), name=ACROSS, rules=RULES)


def told_apart(tables: Mapping[str, BoxTable]) -> Tables:
    """The same with positive ids, where no camera's own number is another's."""
    return {
        camera: replace(
            table,
            object_id=np.where(
                table.object_id < 0, OWN * (place + 1) - table.object_id, table.object_id
            ),
        )
        for place, (camera, table) in enumerate(sorted(tables.items()))
    }
