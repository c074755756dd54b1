"""The options of roles that tell how they fare."""

from typing import Annotated, TypeAlias

import typer

Metrics: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="[HOST:]PORT", help="figures for Prometheus, over HTTP [CAMWEAVE_METRICS]"
    ),
]
MetricsOpen: TypeAlias = Annotated[
    bool, typer.Option("--metrics-open", help="other machines need no token for them")
]
