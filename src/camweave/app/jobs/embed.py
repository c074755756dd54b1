"""Stage 3: what each tracklet looks like in its best crops."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from camweave.app.build.embedders import make_embedder
from camweave.app.build.sources import make_source
from camweave.app.jobs.recipe import Recipe
from camweave.app.jobs.watching import DEPTH
from camweave.app.runtime.ahead import ahead
from camweave.app.runtime.progress import Progress, counted, silent
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.core.errors import InputError
from camweave.core.frame import Frame
from camweave.core.stages import Embedder, Source
from camweave.core.tracks import Tracklets
from camweave.embedding.looks import Looks, look_at
from camweave.embedding.params import CropParams, HistogramParams
from camweave.formats.timing import Timing, timing_path, write_timing
from camweave.formats.tracklets import read_tracklets, write_tracklets

log = logging.getLogger(__name__)


def embed(
    source: str | Path | Source,
    tracklets: str | Path | Tracklets,
    out: str | Path | None = None,
    *,
    embedder: AnyEmbedderParams | Embedder | None = None,
    crops: CropParams | None = None,
    progress: Progress = silent,
    watch: Stopwatch | None = None,
) -> Tracklets:
    """The tracklets with the embeddings of their best crops; written to `out` where one is given.

    `source` is what they were found in, once more: frames are read one after the other, and only
    a few crops of each tracklet are held, so that memory does not grow with the video. A source
    that ends before the tracklets do is told as a warning: what was seen is embedded. Without an
    embedder it is `histogram`; `crops` says how many of a tracklet, and which. A `*_timing.json`
    goes beside `out`.

    Raises:
        InputError: the source has another size, or nothing is to embed with.
        SourceError: the source cannot be opened or decoded.
        ModelError: the model cannot be read.
        OutputError: a result could not be written.
    """
    watch = watch or Stopwatch()
    embedder = embedder or HistogramParams()
    recipe = embed_recipe(source, tracklets, embedder=embedder, crops=crops)
    with watch.part("read"):
        known = tracklets if isinstance(tracklets, Tracklets) else read_tracklets(Path(tracklets))
    with watch.part("prepare"):
        made = make_embedder(embedder)
    if made is None:
        raise InputError("the embedder none embeds nothing; choose reid or histogram")
    if isinstance(source, str | Path):
        source = make_source(str(source), camera=known.camera, fps=known.fps)
    with source as opened, watch.part("embed"), ahead(opened, DEPTH) as frames:
        line = passing(frames, watch)
        shown = counted(line, progress, f"{known.camera} embedding", opened.info.frame_count)
        looks = look_at(shown, known, made, crops)
    watch.counts |= counts_of(looks)
    if looks.missing:
        log.warning(
            "%s: ends after %d frames, the tracklets go on to frame %d (the first is 0): %d of %d "
            "crops are not there",
            *(known.camera, watch.counts["frames"], known.frame.max(), looks.missing, looks.chosen),
        )
    if out is not None:
        with watch.part("write"):
            write_tracklets(Path(out), looks.tracklets, made_from=recipe.digest())
        write_timing(timing_path(Path(out)), embedding_timing(looks.tracklets, watch))
    return looks.tracklets


def counts_of(looks: Looks) -> dict[str, int]:
    """What became of the crops."""
    look = looks.tracklets.appearance
    return {
        "embedded": 0 if look is None else len(look),
        "chosen": looks.chosen,
        "missing": looks.missing,
        "blurred": looks.blurred,
        "failed": looks.failed,
        "without": looks.without,
    }


def passing(frames: Iterable[Frame], watch: Stopwatch) -> Iterator[Frame]:
    """The same frames, counted."""
    for frame in frames:
        watch.counts["frames"] += 1
        yield frame


def embed_recipe(
    source: str | Path | Source,
    tracklets: str | Path | Tracklets,
    *,
    embedder: AnyEmbedderParams | Embedder,
    crops: CropParams | None = None,
) -> Recipe:
    """What `embed` makes its output of."""
    crops = crops or CropParams()
    return Recipe.of("embed", (source, tracklets), embedder=embedder, crops=crops)


def embedding_timing(tracklets: Tracklets, watch: Stopwatch) -> Timing:
    """What embedding took."""
    return Timing(
        stage="embed",
        frames=watch.counts["frames"],
        seconds=watch.seconds,
        work_seconds=watch.parts["embed"],
        counts={"tracklets": len(tracklets), "crops": watch.counts["embedded"]},
    )
