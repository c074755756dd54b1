"""Eight cameras at 10 frames/s with `motion`, and whether any frame is lost."""

import tempfile
from pathlib import Path
from typing import Final

from benchmarks.live_throughput_clips import camera_clips
from benchmarks.live_throughput_marks import Asked, Span, asked
from benchmarks.live_throughput_ours import site_text
from benchmarks.table import Table

CAMERAS: Final = 8
FPS: Final = 10.0  # frames/s
SIZE: Final = (640, 360)  # px
SECONDS: Final = 60.0
NAIVE: Final = 10.0  # s, enough for a rate
SETTLES: Final = 3.0  # s for the start, in which nothing is counted
DEFAULT: Final = "embedder: {kind: histogram}"  # linked, as a site is that says nothing else


def motion_table(data: Path, seconds: float = SECONDS) -> Table:
    """Frames that came, were looked at and were lost; and the CPU that this took."""
    with tempfile.TemporaryDirectory() as folder:
        clips = camera_clips(data, Path(folder), SIZE, CAMERAS)
        site = Path(folder, "site.yaml")
        site.write_text(site_text(clips, "{kind: motion}", FPS, DEFAULT))
        with asked("live_throughput_ours", [str(site)], longest=seconds + 60) as line:
            ours = _span(line, seconds)
        command = ["motion", f"{FPS:g}", *map(str, clips)]
        with asked("naive_live", command, longest=NAIVE + 60) as line:
            naive = _span(line, NAIVE)
    return Table(
        f"{CAMERAS} cameras of {SIZE[0]}x{SIZE[1]} at {FPS:g} frames/s with `motion`, unwatched",
        ("line", "frames due", "looked at", "dropped", "frames/s of a camera", "cores", "JPEGs"),
        [_cells("camweave", ours), _cells("naive: a background and an encoder per camera", naive)],
        [
            f"{seconds:.0f} s and {NAIVE:.0f} s, files as if live. Ours follows, embeds "
            "(`histogram`) and links, as a site does by default; the naive one follows, "
            "draws and encodes, and drops nothing but falls behind its clock. *cores*: CPU time "
            "by wall time. The aim is no drop, and no JPEG while nobody watches."
        ],
    )


def _span(line: Asked, seconds: float) -> Span:
    line.over(SETTLES)
    return line.over(seconds)


def _cells(name: str, span: Span) -> list[str]:
    return [
        name,
        f"{span.seconds * FPS * CAMERAS:.0f}",
        str(span.frames),
        str(span.dropped),
        f"{span.rate / CAMERAS:.2f}",
        f"{span.cpu / span.seconds:.2f}",
        str(span.encoded),
    ]
