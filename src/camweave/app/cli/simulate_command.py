"""`camweave simulate`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from camweave.app.cli.output import rate, say, say_json
from camweave.app.cli.progress import progress_bar
from camweave.core.errors import InputError

HELP: Final = """Render a small world as several cameras see it, with its exact truth.

\b
Scenarios:
  plaza  a junction and a square, 1 to 8 cameras, their views apart or overlapping
  road   one camera over a road
Writes site.yaml, topology.yaml, and for each camera CAMERA.mp4, CAMERA_homography.txt,
truth/CAMERA.txt (MOTChallenge; an id is one object in all cameras) and detections/CAMERA.npz
(what a detector with known faults would find).

\b
Example:
  camweave simulate plaza -o world --cameras 4 --seconds 20
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("simulate", help=HELP, short_help=short)(command)


def command(
    *,
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="plaza or road")],
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write to")],
    seconds: Annotated[float, typer.Option(help="s that each camera films")] = 20.0,
    cameras: Annotated[int | None, typer.Option(help="how many [4, or all there are]")] = None,
    seed: Annotated[int, typer.Option(help="another one, another life")] = 1,
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT of the pictures, px")] = "640x360",
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Render, and say where it lies."""
    pixels = picture_size(size)
    from camweave.app.jobs.simulate import simulate

    with progress_bar() as progress:
        made = simulate(
            scenario,
            out,
            seconds=seconds,
            cameras=cameras,
            seed=seed,
            size=pixels,
            progress=progress,
        )
    if json:
        from dataclasses import asdict

        say_json(asdict(made))
        return
    speed = rate(made.frames, made.seconds)
    say(
        f"{made.objects} objects in {made.frames} frames of {len(made.cameras)} cameras, "
        f"{made.seconds:.1f} s ({speed:.0f} frames/s)",
        f"-> {made.site}, {made.truth}",
    )


def picture_size(text: str) -> tuple[int, int]:
    """Width and height of `640x360`.

    Raises:
        InputError: it is written otherwise.
    """
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise InputError(f"--size: expected WIDTHxHEIGHT, as 640x360, got {text!r}")
    return int(width), int(height)
