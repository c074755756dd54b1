"""Every figure of docs/benchmarks.md in one run: `make bench`, or `python -m benchmarks NAME`."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.broker import broker_table
from benchmarks.broker_age import broker_age_table
from benchmarks.commands import memory_table, track_table
from benchmarks.detecting import detecting_table, record_pets
from benchmarks.embedding import embedding_table
from benchmarks.linking import SEEDS, linking_tables
from benchmarks.linking_speed import linking_speed_tables
from benchmarks.live_age import age_tables
from benchmarks.live_linking import live_linking_table
from benchmarks.live_soak import soak_table as live_soak_table
from benchmarks.live_store import live_store_table
from benchmarks.live_throughput import throughput_table
from benchmarks.live_throughput_motion import motion_table
from benchmarks.mjpeg_viewers import mjpeg_table
from benchmarks.overlap import overlap_tables
from benchmarks.quality import quality_tables
from benchmarks.refining import refining_table
from benchmarks.rendering import rendering_table
from benchmarks.scale import scale_table
from benchmarks.soak import soak_table
from benchmarks.store import store_tables
from benchmarks.table import Table
from benchmarks.tracker_states import tracker_states_table
from benchmarks.tracking import speed_table
from benchmarks.worlds import worlds_tables

BESIDE_THE_PROJECT = Path(__file__).parents[2] / "shared" / "data"
DATA = Path(os.environ.get("CAMWEAVE_DATA", BESIDE_THE_PROJECT))
NEEDS_DATA = {
    "detecting",
    "embedding",
    "live",
    "live-age",
    "live-soak",
    "overlap",
    "quality",
    "refining",
}


def main() -> None:
    """Print the chosen tables as Markdown, each as soon as it is there."""
    sections: dict[str, Callable[[argparse.Namespace], Iterable[Table]]] = {
        "tracking": lambda chosen: [speed_table(peers=chosen.peers)[1]],
        "command": lambda _: [track_table()],
        # Early: the system counts into a child's peak what its parent held when it began.
        "memory": lambda _: [memory_table()],
        "detecting": lambda _: [detecting_table(DATA)],
        "embedding": lambda _: embedding_table(DATA),
        "rendering": lambda _: [rendering_table()],
        "soak": lambda _: [soak_table()],
        "live": lambda _: live_tables(),
        "live-age": lambda chosen: age_tables(DATA, chosen.minutes),
        "live-soak": lambda chosen: [live_soak_table(DATA, chosen.minutes)],
        "live-store": lambda _: [live_store_table()],
        "live-linking": lambda _: live_linking_table(),
        "quality": quality,
        "refining": lambda _: refining_table(DATA),
        "overlap": lambda _: overlap_tables(DATA),
        "linking": lambda chosen: linking_tables(chosen.seeds or SEEDS),
        "linking-speed": lambda _: linking_speed_tables(),
        "worlds": lambda chosen: worlds_tables(chosen.seeds or SEEDS),
        "store": lambda _: store_tables(),
        "tracker-states": lambda _: [tracker_states_table()],
        "broker": lambda _: [broker_table(), broker_age_table()],
        "scale": lambda _: [scale_table()],
    }
    arguments = parse(list(sections))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in wanted(arguments.section or list(sections)):
        for table in sections[name](arguments):
            print(f"\n{table.markdown()}", flush=True)


def parse(names: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("section", nargs="*", help=f"which: {', '.join(names)}; default all")
    parser.add_argument(
        "--no-peers", dest="peers", action="store_false", help="our own figures only"
    )
    parser.add_argument(
        "--seeds", type=seeds, help="of the linking worlds, as 0-4 or 1,5; default 201-205"
    )
    parser.add_argument(
        "--minutes", type=float, default=1.5, help="of live-age's overload and of live-soak"
    )
    arguments = parser.parse_args()
    for name in arguments.section:
        if name not in names:
            parser.error(f"no section {name!r}; there are {', '.join(names)}")
    return arguments


def seeds(text: str) -> list[int]:
    """Numbers and ranges.

    >>> seeds("0-2,7")
    [0, 1, 2, 7]
    """
    parts = [part.partition("-") for part in text.split(",")]
    return [n for first, _, last in parts for n in range(int(first), int(last or first) + 1)]


def live_tables() -> Iterator[Table]:
    """The live line: its limit, many cameras, many viewers."""
    yield throughput_table(DATA)
    yield motion_table(DATA)
    yield mjpeg_table()


def wanted(names: list[str]) -> Iterator[str]:
    """Those that can be run here; the others are named."""
    for name in names:
        if name in NEEDS_DATA and not (DATA / "mot").is_dir():
            print(f"\n{name}: left out, no data at {DATA} (CAMWEAVE_DATA)", file=sys.stderr)
        else:
            yield name


def quality(chosen: argparse.Namespace) -> Sequence[Table]:
    """The quality tables, with the PETS clip detected by our own YOLOX-nano line."""
    with tempfile.TemporaryDirectory() as folder:
        detections = Path(folder, "detections_raw.npz")
        record_pets(DATA, detections)
        return quality_tables(DATA, peers=chosen.peers, pets_detections=detections)


if __name__ == "__main__":
    main()
