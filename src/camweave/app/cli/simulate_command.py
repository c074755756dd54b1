"""`camweave simulate`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import rate, say, say_json
from camweave.app.cli.progress import progress_bar
from camweave.core.errors import InputError

HELP: Final = """Render a small world as several cameras see it, with its exact truth.

\b
Scenarios:
  plaza      a junction and a square, 1 to 8 cameras, their views apart or overlapping
  road       one camera over a road
  crossroad  4 cameras over one junction: everybody in several views
  street     6 cameras along a street, apart; side streets between them
  campus     12 cameras, people and vehicles; a third of the vehicles alike
  highway    5 cameras over fast one-way traffic
Made-up cities, never rendered (--recorded), of as many --cameras and --tracklets as asked for:
  city, corridor, squares (overlapping views), grounds (on foot), far (long unseen ways), rush
Writes site.yaml, topology.yaml (windows and zones), and for each camera CAMERA.mp4,
CAMERA_homography.txt, truth/CAMERA.txt (MOTChallenge; an id is one object in all cameras) and
detections/CAMERA.npz (what a detector with known faults would find).

With --recorded nothing is rendered: instead of videos it writes CAMERA/tracklets_refined.npz with
embeddings, as `camweave link` takes them, minutes of it in seconds. --faults says what goes wrong:
plain, easy or hard (a strong, a weak embedder), whole (the tracker breaks nobody), fragments,
switches, offsets (clocks that are off), outages, everything.

\b
Examples:
  camweave simulate plaza -o world --cameras 4 --seconds 20
  camweave simulate campus -o world --recorded --seconds 600 --faults everything
  camweave simulate city -o world --recorded --cameras 50 --tracklets 20000
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("simulate", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="one of those above")],
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write to")],
    seconds: Annotated[float, typer.Option(help="s that each camera films")] = 20.0,
    cameras: Annotated[int | None, typer.Option(help="how many [4, or all there are]")] = None,
    seed: Annotated[int, typer.Option(help="another one, another life")] = 1,
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT of the pictures, px")] = "640x360",
    recorded: Annotated[
        bool, typer.Option("--recorded", help="tracklets instead of videos")
    ] = False,
    tracklets: Annotated[int | None, typer.Option(help="of a made-up city, about")] = None,
    faults: Annotated[str | None, typer.Option(help="of a recorded world [plain]")] = None,
    json: Json = False,
) -> None:
    """Render or record, and say where it lies."""
    if recorded:
        made = record(scenario, out, (seconds, cameras, tracklets, seed), faults or "plain")
    else:
        refuse_recorded_options(scenario, tracklets=tracklets, faults=faults)
        made = render(scenario, out, (seconds, cameras, seed), picture_size(size))
    if json:
        from dataclasses import asdict

        say_json(asdict(made))
        return
    how = f"{made.tracklets} tracklets of " if recorded else ""
    speed = "" if recorded else f" ({rate(made.frames, made.seconds):.0f} frames/s)"
    say(
        f"{made.objects} objects in {how}{made.frames} frames of {len(made.cameras)} cameras, "
        f"{made.seconds:.1f} s{speed}",
        f"-> {made.site}, {made.truth}",
    )


def render(
    scenario: str, out: Path, told: tuple[float, int | None, int], size: tuple[int, int]
) -> Any:  # noqa: ANN401 - imported when it is needed
    """The world as videos."""
    from camweave.app.jobs.simulate import simulate

    seconds, cameras, seed = told
    with progress_bar() as progress:
        return simulate(
            scenario,
            out,
            seconds=seconds,
            cameras=cameras,
            seed=seed,
            size=size,
            progress=progress,
        )


def record(
    scenario: str, out: Path, told: tuple[float, int | None, int | None, int], faults: str
) -> Any:  # noqa: ANN401 - as above
    """The world as tracklets."""
    from camweave.app.jobs.simulate_recorded import simulate_recorded

    seconds, cameras, tracklets, seed = told
    return simulate_recorded(
        scenario,
        out,
        seconds=seconds,
        cameras=cameras,
        tracklets=tracklets,
        seed=seed,
        faults=faults,
    )


def refuse_recorded_options(scenario: str, **given: object) -> None:
    """Refuse what only a recorded world has.

    Raises:
        InputError: it is a made-up city, or an option of recorded worlds is given.
    """
    from camweave.sources.synthetic.recorded.city.regimes import REGIMES

    if scenario in REGIMES:
        raise InputError(f"{scenario} is a made-up city, which is never rendered; add --recorded")
    for name, value in given.items():
        if value is not None:
            raise InputError(f"--{name}: only for a recorded world; add --recorded")


def picture_size(text: str) -> tuple[int, int]:
    """Width and height of `640x360`.

    Raises:
        InputError: it is written otherwise.
    """
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise InputError(f"--size: expected WIDTHxHEIGHT, as 640x360, got {text!r}")
    return int(width), int(height)
