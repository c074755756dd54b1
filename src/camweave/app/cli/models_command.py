"""`camweave models`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json
from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean

HELP: Final = """Look into model files.

\b
Example:
  camweave models inspect yolox_nano.onnx
"""
INSPECT: Final = """Say what a model takes, what it gives, and which layout that is.

\b
Example:
  camweave models inspect yolox_nano.onnx
"""
BACKENDS: Final = ("auto", "onnx", "openvino", "torch")
NAMED: Final = 5  # classes that are listed


def add_to(app: typer.Typer, short: str) -> None:
    """Put the commands on the command line."""
    models = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=HELP)
    models.command("inspect", help=INSPECT, short_help="what a file takes and gives")(command)
    app.add_typer(models, name="models", short_help=short)


def command(
    *,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help=".onnx, .xml or its folder")],
    layout: Annotated[str, typer.Option(help="its name, where it cannot be told")] = "auto",
    backend: Annotated[str, typer.Option(help="auto, onnx, openvino or torch")] = "auto",
    json: Json = False,
) -> None:
    """Open it once, and say what it is."""
    if backend not in BACKENDS:
        raise InputError(f"--backend: no backend {backend!r}{did_you_mean(backend, BACKENDS)}")
    from camweave.detection.inspection import describe

    chosen: Any = backend
    found = describe(str(model), layout=layout, backend=chosen)
    if json:
        from dataclasses import asdict

        say_json(asdict(found))
    else:
        say(*columns(lines(found)))


def lines(found: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - imported when it is needed
    """One line for each thing worth knowing."""
    names = found.class_names
    few = ", ".join(names[:NAMED]) + (" ..." if names[NAMED:] else "")
    width, height = found.canvas
    return [
        ("model", found.name),
        ("runs on", found.backend),
        *(("input", each) for each in found.inputs),
        *(("output", each) for each in found.outputs),
        ("layout", f"{found.layout} ({found.why})"),
        ("canvas", f"{width}x{height} px"),
        ("pixels", found.preprocessing),
        ("doubles", "removed by the model" if found.suppressed else "removed by us (nms)"),
        (
            "classes",
            f"{len(names)}: {few} ({'stated' if found.names_stated else 'guessed from the count'})",
        ),
    ]
