"""Linking, side by side: the specification's clustering, the same made stronger, and ours."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, product
from typing import Final

import numpy as np

from benchmarks.linking_targets import target, verdict
from benchmarks.named_worlds import NamedWorld, troubled
from benchmarks.table import Table
from benchmarks.walking_worlds import KINDS, WalkingWorld, walking_world
from benchmarks.yardsticks import specification, strengthened
from camweave.core.arrays import I64
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import Tracklets
from camweave.linking.link import Linked, link
from camweave.linking.params import LinkParams

World = NamedWorld | WalkingWorld
NAMED: Final = ("campus", "crossroad", "street")  # the longest first
TROUBLES: Final = {"plain": "as a tracker leaves them", "whole": "without fragments"}
SEEDS: Final = (201, 202, 203, 204, 205)
SIDE_BY_SIDE: Final = 2  # processes at once; nothing is timed here
ENOUGH: Final = 5  # passages that make a link of the camera graph one that must be found
YARDSTICKS: Final = ("specification", "strengthened")
OFF: Final = LinkParams(learn="off")


@dataclass(frozen=True)
class Result:
    """What one linker made of one world. Shares are multi-camera IDF1."""

    world: str
    seed: int
    trouble: str
    linker: str
    idf1: float  # of the tracklets' rows
    clear: float | None  # against the true boxes of who is large and open enough
    official: float | None  # against all true boxes that count
    at_once: int  # pairs of one identity that a camera saw at once


@dataclass(frozen=True)
class Found:
    """The directed camera links of a world that were learned."""

    world: str
    seed: int
    tracklets: int
    found: int
    missed: int  # of those that `ENOUGH` passages took
    wrong: int  # that nobody ever took


def linking_tables(seeds: Sequence[int] = SEEDS) -> list[Table]:
    """The quality of every linker on every world, with fragments and without; and camera links."""
    jobs = [*product(NAMED, seeds), *product(KINDS, seeds)]
    with ProcessPoolExecutor(SIDE_BY_SIDE) as pool:
        parts = list(pool.map(measure, *zip(*jobs, strict=True)))
    results = list(chain.from_iterable(results for results, _ in parts))
    found = list(chain.from_iterable(found for _, found in parts))
    tables = [quality_table(results, trouble, seeds) for trouble in TROUBLES]
    return [*tables, ceiling_table(results), links_table(found)]


def measure(name: str, seed: int) -> tuple[list[Result], list[Found]]:
    """Every linker on the worlds of that name and seed; and the camera links of the plain one."""
    results, found = [], []
    for world in worlds(name, seed):
        learned = link(world.sightings, tracklets=boxes_of(world))
        if world.trouble == "plain" and isinstance(world, NamedWorld):
            found.append(links_found(world, learned))
        for linker, labels in linkers(world, learned).items():
            results.append(result(world, linker, labels()))
    return results, found


def worlds(name: str, seed: int) -> Iterator[World]:
    """The world as a tracker leaves it, and without fragments."""
    if name in NAMED:
        yield from troubled(name, seed, TROUBLES)
    for kind in KINDS:
        if kind == name:
            yield walking_world(kind, seed)
            yield walking_world(kind, seed, broken=0.0)


def boxes_of(world: World) -> Sequence[Tracklets]:
    """What views are laid over each other by, as `camweave link` does; walkers have no boxes."""
    return world.tracklets if isinstance(world, NamedWorld) else ()


def linkers(world: World, learned: Linked) -> dict[str, Callable[[], I64]]:
    """The contestants by name, each a function to the labels (N,) of the world's tracklets."""
    layout = replace(world.topology, homographies={}, zones=())

    def score(labels: I64) -> float:
        return world.score(labels).idf1

    def ours(sightings: Sightings, given: Topology | None, params: LinkParams | None = None) -> I64:
        made = link(sightings, given, params, tracklets=boxes_of(world))
        return made.identities.identity

    every: dict[str, Callable[[], I64]] = {
        "specification": partial(specification, world.sightings, layout, score),
        "strengthened": partial(strengthened, world.sightings, layout, score),
        "none": lambda: ours(world.sightings, None, OFF),
        "learned": lambda: learned.identities.identity,
        "layout": lambda: ours(world.sightings, layout),
    }
    if isinstance(world, NamedWorld):
        every["ground"] = lambda: ours(world.on_ground, world.topology)
    return every | {"truth": lambda: world.objects}


def result(world: World, linker: str, labels: I64) -> Result:
    """What one linker's labels are worth."""
    return Result(
        world=world.name,
        seed=world.seed,
        trouble=world.trouble,
        linker=linker,
        idf1=world.score(labels).idf1,
        clear=world.clear(labels).idf1 if isinstance(world, NamedWorld) else None,
        official=world.official(labels).idf1 if isinstance(world, NamedWorld) else None,
        at_once=at_once(world.sightings, labels),
    )


def at_once(sightings: Sightings, labels: I64) -> int:
    """How often an identity comes to a camera while it is still there, by more than is allowed."""
    most = LinkParams().most_overlap
    order = np.lexsort((sightings.begin, sightings.camera, labels))
    order = order[labels[order] >= 0]
    key = np.stack([labels[order], sightings.camera[order]])
    fresh = np.append(True, (np.diff(key) != 0).any(axis=0))[: len(order)]
    times = 0
    until = -np.inf
    for row, first in zip(order.tolist(), fresh.tolist(), strict=True):
        until = -np.inf if first else until
        times += sightings.begin[row] < until - most
        until = max(until, float(sightings.end[row]))
    return times


def links_found(world: NamedWorld, linked: Linked) -> Found:
    """How many camera links were learned that there are, were missed, or are not there."""
    learned = _pairs(linked.topology, least=1)
    often = _pairs(world.site.measured, least=ENOUGH)
    ever = _pairs(world.site.measured, least=0) | _pairs(world.topology, least=0)
    return Found(
        world=world.name,
        seed=world.seed,
        tracklets=len(world.objects),
        found=len(learned & ever),
        missed=len(often - learned),
        wrong=len(learned - ever),
    )


def _pairs(topology: Topology, *, least: int) -> set[tuple[str, str]]:
    return {
        (t.source, t.target)
        for t in topology.transitions
        if t.samples >= least and t.source != t.target
    }


def quality_table(results: Sequence[Result], trouble: str, seeds: Sequence[int]) -> Table:
    """Every linker on every world: mean, median, each seed, and what is asked."""
    chosen = [r for r in results if r.trouble == trouble and r.linker != "truth"]
    rows = []
    for world in dict.fromkeys(r.world for r in chosen):
        mine = [r for r in chosen if r.world == world]
        by_linker = {
            linker: [r.idf1 for r in mine if r.linker == linker]
            for linker in dict.fromkeys(r.linker for r in mine)
        }
        means = {linker: float(np.mean(figures)) for linker, figures in by_linker.items()}
        for linker, figures in by_linker.items():
            asked = target(world, linker, means, asked=trouble == "plain")
            rows.append(
                [
                    world,
                    linker,
                    f"{means[linker]:.3f}",
                    f"{np.median(figures):.3f}",
                    " ".join(f"{each:.3f}"[1:] for each in figures),
                    f"{asked.least:.3f} ({asked.why})" if asked else "",
                    verdict(means[linker], asked.least) if asked else "",
                ]
            )
    return Table(
        f"Linking {TROUBLES[trouble]}: multi-camera IDF1 of the tracklets' rows",
        ("world", "linker", "mean", "median", "seeds " + spoken(seeds), "target", ""),
        rows,
        [
            "`specification` and `strengthened` have the true layout, and thresholds tuned on the "
            "truth. `none`: neither a layout nor learning; `learned`: no layout; `layout`: the "
            "true windows; `ground`: the whole true topology and places on the ground. The target "
            "is the highest of those that are asked.",
            "Pairs of one identity of ours that a camera saw at once: "
            f"{sum(r.at_once for r in chosen if r.linker not in YARDSTICKS)}.",
        ],
    )


def spoken(seeds: Sequence[int]) -> str:
    """The seeds for people.

    >>> spoken([201, 202, 203]), spoken([1, 5])
    ('201-203', '1, 5')
    """
    first, last = seeds[0], seeds[-1]
    if list(seeds) == list(range(first, last + 1)) and first < last:
        return f"{first}-{last}"
    return ", ".join(map(str, seeds))


def ceiling_table(results: Sequence[Result]) -> Table:
    """The same linkers against true boxes, beside what a perfect linker can have there."""
    chosen = [r for r in results if r.trouble == "plain" and r.clear is not None]
    rows = []
    for world in dict.fromkeys(r.world for r in chosen):
        for linker in dict.fromkeys(r.linker for r in chosen):
            mine = [r for r in chosen if (r.world, r.linker) == (world, linker)]
            columns = zip(*((r.idf1, r.clear, r.official) for r in mine), strict=True)
            rows.append([world, linker, *(f"{np.mean(column):.3f}" for column in columns)])
    return Table(
        "The same against true boxes: multi-camera IDF1",
        ("world", "linker", "rows", "25 px and half seen", "all that count"),
        rows,
        [
            "`truth` is a perfect linker: what it lacks was missed by the detector or the tracker. "
            "See docs/scores.md for who counts."
        ],
    )


def links_table(found: Sequence[Found]) -> Table:
    """Camera links learned without a layout: how many are true, and how many not."""
    rows = [
        [
            each.world,
            str(each.seed),
            f"{each.tracklets:,}",
            *map(str, (each.found, each.missed, each.wrong)),
            "holds" if each.missed == each.wrong == 0 else "**short**",
        ]
        for each in sorted(found, key=lambda each: (each.world, each.seed))
    ]
    return Table(
        "Camera links learned without a layout",
        ("world", "seed", "tracklets", "found", "missed", "false", "all and none false"),
        rows,
        [f"Missed: of those that {ENOUGH} or more passages took. False: that nobody ever took."],
    )
