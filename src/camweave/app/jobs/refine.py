"""Stage 4: tracklets split where two people share one, joined where one person has several."""

from pathlib import Path

from camweave.app.jobs.recipe import Recipe
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.tracks import Tracklets
from camweave.formats.atomic import written_whole
from camweave.formats.timing import Timing, timing_path, write_timing
from camweave.formats.tracklets import read_tracklets, write_tracklets
from camweave.refinement.changes import Changes
from camweave.refinement.params import RefineParams
from camweave.refinement.refine import Refined
from camweave.refinement.refine import refine as refined


def refine(
    tracklets: str | Path | Tracklets,
    out: str | Path | None = None,
    *,
    params: RefineParams | None = None,
    watch: Stopwatch | None = None,
) -> Refined:
    """The tracklets of one camera made clean, and every change; written to `out` where given.

    Looks are used where the tracklets were embedded; motion, time and place always. A
    `*_timing.json` goes beside `out`.

    Raises:
        FileFormatError: the tracklets cannot be read.
        OutputError: a result could not be written.
    """
    watch = watch or Stopwatch()
    params = params or RefineParams()
    recipe = refine_recipe(tracklets, params=params)
    with watch.part("read"):
        known = tracklets if isinstance(tracklets, Tracklets) else read_tracklets(Path(tracklets))
    watch.counts["tracklets"] += len(known)
    with watch.part("refine"):
        made = refined(known, params)
    if out is not None:
        with watch.part("write"):
            write_tracklets(Path(out), made.tracklets, made_from=recipe.digest())
        write_timing(timing_path(Path(out)), refining_timing(known, made, watch))
    return made


def refine_recipe(tracklets: str | Path | Tracklets, *, params: RefineParams) -> Recipe:
    """What `refine` makes its output of."""
    return Recipe.of("refine", (tracklets,), params=params)


def refining_timing(before: Tracklets, made: Refined, watch: Stopwatch) -> Timing:
    """What refining took."""
    frames = int(before.frame.max(initial=-1)) + 1
    return Timing(
        stage="refine",
        frames=frames,
        seconds=watch.seconds,
        work_seconds=watch.parts["refine"],
        counts={"tracklets_before": len(before), "tracklets": len(made.tracklets)},
    )


def write_changes(path: Path, changes: Changes) -> None:
    """Write them, one JSON object a line.

    Raises:
        OutputError: the file could not be written.
    """
    with written_whole(path) as part:
        part.write_text("".join(f"{line}\n" for line in changes.lines()), encoding="utf-8")
