"""The options of roles that meet at a broker: where it is, and what of it is meant."""

from typing import Annotated, TypeAlias

import typer

BrokerUrl: TypeAlias = Annotated[
    str | None,
    typer.Option("--broker", help="amqp://USER:PASSWORD@HOST/ [CAMWEAVE_BROKER]"),
]
SiteName: TypeAlias = Annotated[
    str | None, typer.Option("--site", help="its name [the only one there is]")
]
RunName: TypeAlias = Annotated[
    str | None,
    typer.Option("--run", help="its name, waited for if it has not begun [the newest]"),
]
