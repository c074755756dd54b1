"""One page about the tracklets of a camera: their crops, when they were there, who looks alike."""

from collections.abc import Iterable
from itertools import starmap
from pathlib import Path
from typing import Final

import numpy as np

from camweave.app.build.sources import make_source
from camweave.app.jobs.watching import DEPTH
from camweave.app.runtime.ahead import ahead
from camweave.app.runtime.progress import Progress, counted, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.arrays import F32, I64
from camweave.core.frame import Frame
from camweave.core.stages import Source
from camweave.core.tracks import Appearance, Tracklets
from camweave.embedding.choice import choose, quality
from camweave.embedding.looks import crops_at
from camweave.embedding.params import CropParams
from camweave.formats.atomic import written_whole
from camweave.formats.tracklets import read_tracklets
from camweave.refinement.ranking import Ranking, rank
from camweave.refinement.statistics import Statistics
from camweave.reporting.content import Card, Crop, Page
from camweave.reporting.page import render
from camweave.reporting.spans import spans_of
from camweave.reporting.timeline import clock
from camweave.sinks.colours import id_colour

MOST: Final = 100  # tracklets on a page
CROPS: Final = 10  # of a tracklet: one that was joined of several has more of them


def report(
    source: str | Path | Source,
    tracklets: str | Path | Tracklets,
    out: str | Path,
    *,
    most: int = MOST,
    progress: Progress = silent,
    watch: Stopwatch | None = None,
) -> Page:
    """Write one HTML page about the tracklets that `source` was tracked to; what stands on it.

    The `most` best ranked are shown, with the best crops that were embedded, or else would be. Who
    looks like whom is told where the tracklets were embedded. The page needs no network.

    Raises:
        FileFormatError: the tracklets cannot be read.
        SourceError: the source cannot be opened or decoded.
        OutputError: the page could not be written.
    """
    watch = watch or Stopwatch()
    known = tracklets if isinstance(tracklets, Tracklets) else read_tracklets(Path(tracklets))
    order = rank(known)
    shown = order.number[:most]
    if isinstance(source, str | Path):
        source = make_source(str(source), camera=known.camera, fps=known.fps)
    with source as opened, watch.part("crops"), ahead(opened, DEPTH) as frames:
        line = counted(frames, progress, f"{known.camera} crops", opened.info.frame_count)
        crops = crops_of(line, known, shown)
    page = page_of(known, order, crops, most)
    with watch.part("write"), written_whole(Path(out)) as path:
        path.write_text(render(page), "utf-8")
    watch.counts |= {"tracklets": len(page.cards), "crops": sum(map(len, crops.values()))}
    return page


def crops_of(frames: Iterable[Frame], tracklets: Tracklets, shown: I64) -> dict[int, list[Crop]]:
    """The crops of the tracklets `shown`, by number, in order of time."""
    rows, worth = rows_worth_a_look(tracklets)
    owner = np.searchsorted(tracklets.offsets, rows, side="right") - 1
    wanted = np.isin(owner, shown)
    rows, worth, owner = rows[wanted], worth[wanted], owner[wanted]
    crops: dict[int, list[Crop]] = {int(number): [] for number in shown}
    for place, image in crops_at(frames, tracklets, rows):
        time = float(tracklets.time[rows[place]])
        crops[int(owner[place])].append(Crop(image, time, float(worth[place])))
    return crops


def rows_worth_a_look(tracklets: Tracklets) -> tuple[I64, F32]:
    """Rows (E,), rising, of the crops that were embedded, or else would be; their quality (E,).

    The best CROPS of a tracklet, where it has more.
    """
    if tracklets.appearance is None:
        rows = choose(tracklets, CropParams(most=CROPS))
        return rows, quality(tracklets)[rows]
    rows, worth = tracklets.appearance.row, tracklets.appearance.quality
    owner = np.searchsorted(tracklets.offsets, rows, side="right") - 1
    best_first = np.lexsort((-worth, owner))
    place = np.arange(len(rows)) - np.searchsorted(owner[best_first], owner[best_first])
    kept = np.sort(best_first[place < CROPS])
    return rows[kept], worth[kept]


def page_of(tracklets: Tracklets, order: Ranking, crops: dict[int, list[Crop]], most: int) -> Page:
    """What the page says of the best ranked tracklets."""
    numbers, told = order.number[:most], order.statistics
    marks = zip(numbers.tolist(), order.mark.tolist(), strict=False)

    def card(number: int, mark: float) -> Card:
        return card_of(tracklets, number, facts_of(told, number, mark), tuple(crops[number]))

    look = tracklets.appearance
    return Page(
        title=f"Camera {tracklets.camera}",
        facts=facts_of_all(tracklets),
        cards=tuple(starmap(card, marks)),
        similarity=similarity(look, numbers) if look and len(numbers) else None,
        left_out=len(tracklets) - len(numbers),
    )


def card_of(
    tracklets: Tracklets,
    number: int,
    facts: tuple[tuple[str, str], ...],
    crops: tuple[Crop, ...],
) -> Card:
    """One tracklet's card."""
    tracklet, names = tracklets[number], tracklets.class_names
    blue, green, red = id_colour(int(tracklet.tracklet_id))
    known = 0 <= tracklet.class_id < len(names)
    return Card(
        tracklet_id=int(tracklet.tracklet_id),
        class_name=names[tracklet.class_id] if known else f"class {tracklet.class_id}",
        colour=f"rgb({red} {green} {blue})",
        spans=spans_of(tracklet, 1 / tracklets.fps),
        facts=facts,
        crops=crops,
    )


def facts_of(told: Statistics, number: int, mark: float) -> tuple[tuple[str, str], ...]:
    """What is said of one tracklet, beside its crops."""
    return (
        ("rank", f"{mark:.2f}"),
        ("lasted", f"{told.duration[number]:.1f} s"),
        ("frames", f"{told.frames[number]:,}"),
        ("coverage", f"{told.coverage[number]:.0%}"),
        ("speed", f"{told.speed[number]:.2f} heights/s"),
        ("jitter", f"{told.jitter[number]:.3f} heights"),
        ("score", f"{told.score[number]:.2f}"),
    )


def facts_of_all(tracklets: Tracklets) -> tuple[tuple[str, str], ...]:
    """What is said of all tracklets together."""
    times = tracklets.time
    facts = [("tracklets", f"{len(tracklets):,}"), ("boxes", f"{len(times):,}")]
    if len(times):
        facts.append(("from", f"{clock(float(times.min()))} to {clock(float(times.max()))}"))
    if tracklets.width:
        facts.append(("picture", f"{tracklets.width}x{tracklets.height}"))
    return (*facts, ("rate", f"{tracklets.fps:g} frames/s"))


def similarity(look: Appearance, numbers: I64) -> F32:
    """(N, N) cosine of the mean looks of some tracklets; NaN where one has no crop."""
    means = np.stack([look.embedding[look.of(number)].sum(axis=0) for number in numbers.tolist()])
    length = np.linalg.norm(means, axis=1, keepdims=True)
    unit = np.divide(means, length, out=np.full_like(means, np.nan), where=length > 0)
    cosine: F32 = unit @ unit.T
    return cosine
