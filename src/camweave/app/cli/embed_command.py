"""`camweave embed`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import rate
from camweave.app.cli.progress import progress_bar
from camweave.app.cli.stage import Force, Settings, say_up_to_date, tell_report
from camweave.core.errors import InputError

HELP: Final = """Tell what each tracklet looks like: embed its best crops, ten at most.

SOURCE is what the tracklets were found in; where it ends sooner, what was seen is embedded. Crops
are chosen by size, overlap with neighbours, the border of the picture and sharpness; the result
says which. A result that is up to date is not made again.

\b
Embedders:
  reid       a re-identification model, .onnx or OpenVINO's .xml (--model)
  histogram  colour and shape; no weights
Without --embedder it is reid where a --model is given, else histogram.

\b
Examples:
  camweave embed street.mp4 tracklets_raw.npz -o tracklets.npz --model osnet.onnx
  camweave embed street.mp4 tracklets_raw.npz -o tracklets.npz
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("embed", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="video file or image folder")],
    tracklets: Annotated[
        Path, typer.Argument(metavar="TRACKLETS", help="tracklets_raw.npz of that source")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="tracklets.npz to write")],
    embedder: Annotated[str | None, typer.Option(help="reid or histogram")] = None,
    model: Annotated[Path | None, typer.Option(help="the model of reid")] = None,
    crops: Annotated[int | None, typer.Option(help="most crops of a tracklet [10]")] = None,
    settings: Settings = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Embed, and say what came of it."""
    from camweave.app.cli.embedder_options import embedder_params

    kind = embedder or ("reid" if model else "histogram")
    params = embedder_params(kind, model, settings or ())
    from camweave.app.jobs.embed import embed, embed_recipe
    from camweave.app.runtime.stopwatch import Stopwatch

    said: dict[str, Any] = {"embedder": params, "crops": crop_params(crops)}
    if not force and embed_recipe(source, tracklets, **said).stands(out):
        say_up_to_date(out, "tracklets_file", json=json)
        return
    watch = Stopwatch()
    with progress_bar() as progress:
        done = embed(source, tracklets, out, **said, progress=progress, watch=watch)
    report = {
        "source": source,
        "tracklets_file": str(out),
        "embedder": kind,
        "tracklets": len(done),
        "crops": watch.counts["embedded"],
        "crops_missing": watch.counts["missing"],
        "crops_blurred": watch.counts["blurred"],
        "tracklets_without": watch.counts["without"],
        "frames": watch.counts["frames"],
        "dimension": 0 if done.appearance is None else done.appearance.embedding.shape[1],
        "seconds": round(watch.seconds, 3),
        "embedding_seconds": round(watch.parts["embed"], 3),
        "crops_per_second": rate(watch.counts["embedded"], watch.parts["embed"]),
    }
    tell_report(report, lines_of(report), json=json)


def crop_params(most: int | None) -> Any:  # noqa: ANN401 - imported when it is needed
    """How many crops of a tracklet."""
    from camweave.embedding.params import CropParams

    usual = CropParams()
    if most is None:
        return usual
    if most < 1:
        raise InputError(f"--crops: expected 1 or more, got {most}")
    return CropParams(most=most, enough=min(usual.enough, most))


def lines_of(report: dict[str, Any]) -> tuple[str, ...]:
    """The report in two lines."""
    return (
        f"{report['crops']} crops of {report['tracklets']} tracklets as {report['dimension']} "
        f"numbers each -> {report['tracklets_file']}",
        f"{report['crops_blurred']} left out as blurred, {report['tracklets_without']} tracklets "
        f"without any; {report['seconds']:.2f} s",
    )
