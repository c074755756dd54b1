"""The options by which commands print one JSON object in place of lines."""

from typing import Annotated, TypeAlias

import typer

Json: TypeAlias = Annotated[bool, typer.Option("--json", help="print one JSON object")]
JsonAtEnd: TypeAlias = Annotated[
    bool, typer.Option("--json", help="at the end, print one JSON object")
]
