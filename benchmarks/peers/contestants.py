"""Who takes part, and one run of one of them."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.environment import EnvironmentName, python_of, run_module
from benchmarks.peers.exchange import Outcome, Stream

AUTHORS = "authors'"
OURS = "camweave"
NAMES = {
    "sort": "SORT",
    "bytetrack": "ByteTrack",
    "ocsort": "OC-SORT",
    "deepsort": "DeepSORT",
    "botsort": "BoT-SORT",
    "weave": "Weave",
    "cbiou": "C-BIoU",
    "mcbyte": "McByte",
    "own": "its own",
    "boosttrack": "BoostTrack",
    "occluboost": "OccluBoost",
}


@dataclass(frozen=True)
class Contestant:
    """A tracker that can be run."""

    maker: str
    algorithm: str  # a key of NAMES
    module: str  # below benchmarks.peers
    environment: EnvironmentName = "peers"
    looks: bool = False  # is given an embedding of every box
    whole: bool = False  # is given a whole recording at once
    compiled: bool = False  # not written in Python

    @property
    def name(self) -> str:
        """Who, what, and how."""
        looks = ", with appearance" if self.looks else ""
        whole = ", whole file" if self.whole else ""
        return f"{self.maker} {NAMES[self.algorithm]}{looks}{whole}"

    @property
    def ours(self) -> bool:
        """Whether it is camweave's."""
        return self.maker == OURS


def _ours(algorithm: str, *, looks: bool = False, whole: bool = False) -> Contestant:
    return Contestant(OURS, algorithm, "camweave_trackers", "ours", looks=looks, whole=whole)


def _authors(algorithm: str, *, looks: bool = False) -> Contestant:
    return Contestant(AUTHORS, algorithm, "authors_code", looks=looks)


def _trackers(algorithm: str) -> Contestant:
    return Contestant("trackers 2.6", algorithm, "trackers_library")


def _boxmot(algorithm: str, *, looks: bool = False) -> Contestant:
    return Contestant("boxmot 25", algorithm, "boxmot_library", "boxmot", looks=looks)


ROSTER = (
    _ours("sort"),
    _ours("sort", whole=True),
    _authors("sort"),
    _trackers("sort"),
    Contestant("similari 0.26", "sort", "similari_library", "similari", compiled=True),
    _ours("bytetrack"),
    _ours("bytetrack", whole=True),
    _authors("bytetrack"),
    Contestant("supervision 0.30", "bytetrack", "supervision_library"),
    _trackers("bytetrack"),
    _boxmot("bytetrack"),
    _ours("ocsort"),
    _ours("ocsort", whole=True),
    _authors("ocsort"),
    _trackers("ocsort"),
    _boxmot("ocsort"),
    _ours("deepsort", looks=True),
    _ours("deepsort", looks=True, whole=True),
    _authors("deepsort", looks=True),
    _ours("botsort"),
    _ours("botsort", whole=True),
    _authors("botsort"),
    _trackers("botsort"),
    _boxmot("botsort"),
    _ours("botsort", looks=True),
    _ours("botsort", looks=True, whole=True),
    _authors("botsort", looks=True),
    _boxmot("botsort", looks=True),
    _ours("weave"),
    _ours("weave", whole=True),
    _trackers("cbiou"),
    _trackers("mcbyte"),
    Contestant("norfair 2.3", "own", "norfair_library"),
    Contestant("motpy 0.0.10", "own", "motpy_library"),
    _boxmot("boosttrack"),
    _boxmot("occluboost"),
)


def contestants(*, peers: bool) -> tuple[list[Contestant], list[str]]:
    """Those who can run here, and a sentence for each who cannot."""
    missing = dict(_missing(peers=peers))
    present = [each for each in ROSTER if _group(each) not in missing]
    return present, [note for note in missing.values() if note]


def _group(entrant: Contestant) -> str:
    if entrant.maker == AUTHORS:
        return AUTHORS
    return entrant.environment


def _missing(*, peers: bool) -> Iterator[tuple[str, str]]:
    """Groups that cannot run here, with the reason."""
    if not peers:
        yield from ((group, "") for group in (AUTHORS, "peers", "similari"))
        yield "boxmot", "Peers were left out (--no-peers)."
        return
    if not os.environ.get("CAMWEAVE_AUTHORS"):
        yield AUTHORS, "The authors' own code was left out: name its folder in CAMWEAVE_AUTHORS."
    names: tuple[EnvironmentName, ...] = ("peers", "similari", "boxmot")
    for name in names:
        try:
            python_of(name)
        except (OSError, subprocess.CalledProcessError) as error:
            yield name, f"{name} could not be installed and was left out: {error}."


def run(contestant: Contestant, streams: Sequence[Stream]) -> dict[str, Outcome]:
    """Follow all streams in one fresh process.

    Raises:
        RuntimeError: the process failed; its last words are in the message.
    """
    with TemporaryDirectory() as scratch:
        inputs, outputs = Path(scratch, "in"), Path(scratch, "out")
        inputs.mkdir()
        outputs.mkdir()
        paths = [str(stream.save(inputs)) for stream in streams]
        tracker = contestant.algorithm + ("-file" if contestant.whole else "")
        module = f"benchmarks.peers.{contestant.module}"
        try:
            run_module(contestant.environment, module, tracker, str(outputs), *paths)
        except RuntimeError as error:
            raise RuntimeError(f"{contestant.name}: {error}") from error
        return {stream.name: Outcome.load(outputs / f"{stream.name}.npz") for stream in streams}
