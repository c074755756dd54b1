"""Who takes part, and one run of one of them."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.environment import ROOT, peer_python
from benchmarks.peers.exchange import Outcome, Stream

OWN_PROCESS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class Contestant:
    """A tracker that can be run."""

    name: str
    module: str  # below benchmarks.peers
    python: Path


OURS = {
    "camweave, frame by frame": "camweave_frames",
    "camweave, whole file": "camweave_file",
}
PEERS = {
    "supervision 0.30 ByteTrack": "supervision_bytetrack",
    "trackers 2.6 ByteTrack": "trackers_bytetrack",
    "trackers 2.6 SORT": "trackers_sort",
    "trackers 2.6 OC-SORT": "trackers_ocsort",
    "norfair 2.3": "norfair_tracker",
}
AUTHORS = {"authors' ByteTrack": "bytetrack_authors"}


def contestants(*, peers: bool) -> tuple[list[Contestant], list[str]]:
    """Those who can run here, ours first, and a sentence for each who cannot."""
    ours = [Contestant(name, module, Path(sys.executable)) for name, module in OURS.items()]
    if not peers:
        return ours, ["Peers were left out (--no-peers)."]
    try:
        python = peer_python()
    except (OSError, subprocess.CalledProcessError) as error:
        return ours, [f"Peers could not be installed: {error}."]
    others, notes = dict(PEERS), []
    if os.environ.get("BYTETRACK_AUTHORS"):
        others = AUTHORS | others
    else:
        notes.append(
            "The authors' ByteTrack is not on PyPI: name a checkout in BYTETRACK_AUTHORS to add it."
        )
    return ours + [Contestant(name, module, python) for name, module in others.items()], notes


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
        module = f"benchmarks.peers.{contestant.module}"
        done = subprocess.run(
            [str(contestant.python), "-m", module, str(outputs), *paths],
            cwd=ROOT,
            env=os.environ | OWN_PROCESS,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            words = done.stderr.strip().splitlines() or ["no words"]
            raise RuntimeError(f"{contestant.name}: {words[-1]}")
        return {stream.name: Outcome.load(outputs / f"{stream.name}.npz") for stream in streams}
