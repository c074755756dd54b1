"""`camweave demo`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.evaluate_command import across_lines
from camweave.app.cli.first_run import say_if_compiling
from camweave.app.cli.linked import summary_lines
from camweave.app.cli.output import columns, note, rate, say, say_json
from camweave.app.cli.progress import progress_bar

HELP: Final = """Render a small world, find who is who in it, and score that; no data or weights.

A junction is seen by several cameras. What moves is found by background subtraction and followed
by ByteTrack, each camera for itself; then the tracklets of all cameras are linked, and the result
is scored against the exact truth, camera by camera and across them.

\b
Example:
  camweave demo --headless --seconds 10 --cameras 4
"""
FOLDER: Final = Path("camweave-demo")


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("demo", help=HELP, short_help=short)(command)


def command(
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write to")] = FOLDER,
    seconds: Annotated[float, typer.Option(help="s that each camera films")] = 10.0,
    cameras: Annotated[int, typer.Option(help="how many, 1 to 8")] = 4,
    seed: Annotated[int, typer.Option(help="another one, another life")] = 1,
    headless: Annotated[bool, typer.Option("--headless", help="without the dashboard")] = False,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Run it all, and say what came of it."""
    if not headless:
        note("the dashboard comes with a later release; running headless")
    say_if_compiling("bytetrack")
    from camweave.app.jobs.demo import demo

    with progress_bar() as progress:
        done = demo(out, seconds=seconds, cameras=cameras, seed=seed, progress=progress)
    if json:
        say_json(report(done))
    else:
        tell(done)


def report(done: Any) -> dict[str, Any]:  # noqa: ANN401 - imported when it is needed
    """All of it for a program."""
    from dataclasses import asdict

    from camweave.evaluation.report import as_dict, figures

    return {
        "world": asdict(done.world),
        "results": str(done.results),
        "cameras": [asdict(each) for each in done.cameras],
        "linking": asdict(done.linking),
        "scores": as_dict(done.scores),
        "scores_across_cameras": figures(done.across),
        "scores_simulated_detector": as_dict(done.simulated),
        "seconds": done.seconds,
    }


def score_lines(scores: Sequence[Any]) -> list[str]:
    """The figures that matter most, one line per camera and one for all."""
    from camweave.evaluation.report import figures
    from camweave.evaluation.scores import combine

    rows = [("camera", "HOTA", "DetA", "AssA", "IDF1", "MOTA", "switches")]
    for each in [*scores, combine(scores)]:
        row = figures(each)
        shares = [f"{row[name]:.3f}" for name in ("hota", "det_a", "ass_a", "idf1", "mota")]
        rows.append((each.name, *shares, str(row["switches"])))
    return columns(rows, "  ")


def linked_lines(done: Any) -> list[str]:  # noqa: ANN401 - as above
    """Who was found to be who, and how well."""
    from dataclasses import asdict

    if done.linking.summary is None:
        return []
    return [*summary_lines(asdict(done.linking.summary)), *across_lines(done.across)]


def tell(done: Any) -> None:  # noqa: ANN401 - as above
    """Scores, and where to look."""
    frames = done.world.frames
    work = sum(each.seconds for each in done.cameras)
    videos = [done.results / each.camera / "mtmc.mp4" for each in done.cameras]
    say(
        f"rendered  {frames} frames of {len(done.cameras)} cameras, {done.world.objects} objects "
        f"({rate(frames, done.world.seconds):.0f} frames/s)",
        f"tracked   {sum(each.tracklets for each in done.cameras)} tracklets from "
        f"{sum(each.detections for each in done.cameras)} detections, drawn and written "
        f"({rate(frames, work):.0f} frames/s)",
        "",
        "against the exact truth, with `motion` (no weights; who stands still is not seen):",
        *score_lines(done.scores),
        "the same tracker with a simulated detector that sees them:",
        score_lines(done.simulated)[-1],
        "",
        *linked_lines(done),
        "",
        f"look at   {videos[0]}" + (f" and {len(videos) - 1} more" if videos[1:] else ""),
        f"all of it {done.seconds:.1f} s",
    )
