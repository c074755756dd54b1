"""Recorded worlds themselves: how long they take to make, and what each trouble costs a linker."""

from collections.abc import Sequence
from time import process_time
from typing import Final

import numpy as np

from benchmarks.named_worlds import named_world, troubled
from benchmarks.table import Table
from camweave.linking.link import link
from camweave.sources.synthetic.recorded.presets import PRESETS

MADE: Final = ("street", "crossroad", "campus", "city")
TROUBLED: Final = ("street", "campus")


def worlds_tables(seeds: Sequence[int]) -> list[Table]:
    """How long making takes; IDF1 under every preset."""
    return [making_table(seeds[0]), trouble_table(seeds)]


def making_table(seed: int) -> Table:
    """CPU time of one recording of each."""
    named_world("plaza", seed)  # kernels are compiled, or loaded
    rows = []
    for name in MADE:
        begin = process_time()
        world = named_world(name, seed)
        taken = process_time() - begin
        boxes = sum(len(one.frame) for one in world.tracklets)
        counts = (len(world.tracklets), len(world.objects), boxes)
        rows.append([name, *(f"{count:,}" for count in counts), f"{taken:.1f}"])
    return Table(
        "Recorded worlds: making one",
        ("world", "cameras", "tracklets", "boxes", "s of CPU time"),
        rows,
    )


def trouble_table(seeds: Sequence[int]) -> Table:
    """IDF1 of the tracklets' rows under every preset, without a layout and with the true one."""
    figures: dict[tuple[str, str, str], list[float]] = {}
    for name in TROUBLED:
        for seed in seeds:
            for world in troubled(name, seed, PRESETS):
                for how, layout in (("learned", None), ("layout", world.topology)):
                    labels = link(world.sightings, layout).identities
                    score = world.score(labels).idf1
                    figures.setdefault((name, world.trouble, how), []).append(score)
    columns = [(name, how) for name in TROUBLED for how in ("learned", "layout")]
    rows = [
        [trouble, *(f"{np.mean(figures[name, trouble, how]):.3f}" for name, how in columns)]
        for trouble in PRESETS
    ]
    return Table(
        "Linking under trouble: multi-camera IDF1 of the tracklets' rows",
        ("preset", *(f"{name}, {how}" for name, how in columns)),
        rows,
        [f"Mean of {len(seeds)} seeds. `camweave simulate --faults` names the presets."],
    )
