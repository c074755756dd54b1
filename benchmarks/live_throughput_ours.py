"""Our live line over files, every frame of them, in a process of its own.

`python -m benchmarks.live_throughput_ours SITE` serves the site of a file and answers with marks.
"""

import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.live_throughput_marks import Mark, answer
from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.site.load import read_site
from camweave.app.site.sections import Serve

SITE: Final = """
site: bench
{rest}
live: {{fps: {fps}, loop: {loop}}}
tracker: {{kind: bytetrack}}
detector: {detector}
cameras:
{cameras}
"""
ALONE: Final = "linker: null"  # every camera by itself, as the naive version


def site_text(clips: Sequence[Path], detector: str, fps: float, rest: str = ALONE) -> str:
    """A site file over clips, each a camera of that rate, for ever: c0, c1, ..."""
    cameras = (f"  - {{name: c{at}, source: {clip}, fps: {fps}}}" for at, clip in enumerate(clips))
    lines = "\n".join(cameras)
    return SITE.format(fps=fps, detector=detector, cameras=lines, loop="true", rest=rest)


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def main(site_file: Path, *, lossless: bool) -> None:
    """Run the site, and answer once every camera was seen."""
    seen: Counter[str] = Counter()

    def heard(sight: Sight) -> None:
        seen[sight.look.frame.stamp.camera] += 1

    site = read_site(site_file)
    with (
        live_site(site, lossless=lossless, heard=heard) as station,
        served(station, Serve(port=free_port())) as server,
    ):
        running = station.running

        def mark() -> Mark:
            encoded = sum(each.encoded for each in running.showing.counts().values())
            dropped = sum(each.dropped for each in running.intake.conditions().values())
            now, cpu = time.monotonic(), time.process_time()
            return Mark(now, cpu, seen.total(), encoded, dropped)

        while len(seen) < len(site.cameras):
            time.sleep(0.02)
        answer(server.port, mark)


if __name__ == "__main__":
    main(Path(sys.argv[1]), lossless=sys.argv[2:] == ["lossless"])
