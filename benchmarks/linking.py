"""Linking, side by side: the specification's clustering, the same made stronger, and ours."""

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from statistics import mean

from benchmarks.linking_speed import linking_speed_table
from benchmarks.recorded_worlds import Kind, World, make_world
from benchmarks.table import Table
from benchmarks.yardsticks import specification, strengthened
from camweave.core.arrays import I64
from camweave.core.topology import Topology
from camweave.linking.link import Linked, link

SECONDS: Mapping[str, float] = {"crossroad": 180, "street": 600, "campus": 600, "highway": 180}
SEEDS = (201, 202, 203, 204, 205)
KINDS: tuple[Kind, ...] = ("plain", "fragments")
SIDE_BY_SIDE = 2  # processes at once; nothing is timed here
ENOUGH = 5  # passages that make a link of the camera graph one that must be found


@dataclass(frozen=True)
class Contestant:
    """One who links: a name, and the labels (N,) it gives to a world's tracklets."""

    name: str
    labels: Callable[[World], I64]


def _specification(world: World) -> I64:
    return specification(world.sightings, world.layout, world.idf1)


def _strengthened(world: World) -> I64:
    return strengthened(world.sightings, world.layout, world.idf1)


def _ours_with_layout(world: World) -> I64:
    return link(world.on_ground, world.layout).identities.identity


def _ours_learned(world: World) -> I64:
    return link(world.sightings).identities.identity


def _the_truth(world: World) -> I64:
    return world.site.objects


CONTESTANTS = (  # a live linker is one more line here
    Contestant("specification, true layout, tuned", _specification),
    Contestant("strengthened, true layout, tuned", _strengthened),
    Contestant("camweave, true layout", _ours_with_layout),
    Contestant("camweave, no layout", _ours_learned),
    Contestant("the truth (a limit)", _the_truth),
)


@dataclass(frozen=True)
class Result:
    """What one contestant reached on one world."""

    scenario: str
    seed: int
    kind: Kind
    contestant: str
    idf1: float
    of_found: float  # IDF1 of the true boxes that some tracklet is on


def linking_tables() -> list[Table]:
    """Speed; then quality, kind by kind; then the camera links found on `campus`."""
    jobs = list(product(SECONDS, SEEDS, KINDS))
    with ProcessPoolExecutor(SIDE_BY_SIDE) as pool:
        done = [result for results in pool.map(measure, jobs) for result in results]
    return [linking_speed_table(), *(quality_table(done, kind) for kind in KINDS), links_table()]


def measure(job: tuple[str, int, Kind]) -> list[Result]:
    """Every contestant on one world."""
    name, seed, kind = job
    world = make_world(name, seconds=SECONDS[name], seed=seed, kind=kind)
    out = []
    for each in CONTESTANTS:
        labels = each.labels(world)
        figures = world.idf1(labels), world.idf1_of_found(labels)
        out.append(Result(name, seed, kind, each.name, *figures))
    return out


def quality_table(results: list[Result], kind: Kind) -> Table:
    """Multi-camera IDF1 of each contestant on each scenario: mean over the seeds."""
    chosen = [result for result in results if result.kind == kind]
    rows = [
        [each.name, *(_cell(chosen, each.name, name) for name in SECONDS)] for each in CONTESTANTS
    ]
    return Table(
        f"Linking: multi-camera IDF1, {kind}, seeds {SEEDS[0]}-{SEEDS[-1]}",
        ("linker", *SECONDS),
        rows,
        [
            "In brackets: IDF1 of the true boxes that any tracklet is on; the rest was missed by "
            "the detector, and no linker can have it. Tuned: on this very truth."
        ],
    )


def _cell(results: list[Result], contestant: str, scenario: str) -> str:
    mine = [r for r in results if (r.contestant, r.scenario) == (contestant, scenario)]
    if not mine:
        return ""
    return f"{mean(r.idf1 for r in mine):.3f} ({mean(r.of_found for r in mine):.3f})"


def links_table(seconds: float = SECONDS["campus"]) -> Table:
    """Camera links of `campus` learned without a layout: how many are true, and how many not."""
    rows = []
    for seed in SEEDS:
        world = make_world("campus", seconds=seconds, seed=seed, kind="plain")
        linked = link(world.sightings)
        found, missed, wrong = links_found(world, linked)
        rows.append([str(seed), f"{len(world.sightings):,}", *map(str, (found, missed, wrong))])
    return Table(
        "Linking: camera links of `campus` learned without a layout",
        ("seed", "tracklets", "found", "missed", "false"),
        rows,
        [f"Missed: of those that {ENOUGH} or more passages took. False: that nobody ever took."],
    )


def links_found(world: World, linked: Linked) -> tuple[int, int, int]:
    """Directed camera links learned that there are; missed; and learned that there are not."""
    learned = _pairs(linked.topology, least=1)
    often = _pairs(world.site.measured, least=ENOUGH)
    ever = _pairs(world.site.measured, least=0) | _pairs(world.layout, least=0)
    return len(learned & ever), len(often - learned), len(learned - ever)


def _pairs(topology: Topology, *, least: int) -> set[tuple[str, str]]:
    return {
        (t.source, t.target)
        for t in topology.transitions
        if t.samples >= least and t.source != t.target
    }
