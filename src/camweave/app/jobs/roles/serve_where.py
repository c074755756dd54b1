"""Where a site is served, and who may come in."""

import os
from collections.abc import Mapping
from typing import Final

from pydantic import SecretStr

from camweave.app.site.rules import LOOPBACK
from camweave.app.site.sections import Serve
from camweave.core.errors import InputError

TOKEN: Final = "CAMWEAVE_TOKEN"  # noqa: S105 - the name of a variable


def serve_section(
    said: Serve | None,
    *,
    host: str | None = None,
    port: int | None = None,
    open_: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Serve:
    """What a site file says under `serve`, but for what is given here and the token in TOKEN.

    Raises:
        InputError: other machines could come in without a token, and nobody said that they may.
    """
    made, token = said or Serve(), environment.get(TOKEN)
    changes = {
        "host": host,
        "port": port,
        "open": True if open_ else None,
        "token": SecretStr(token) if token else None,
    }
    made = made.model_copy(update={k: v for k, v in changes.items() if v is not None})
    if made.host not in LOOPBACK and made.token is None and not made.open:
        raise InputError(
            f"serve: {made.host} serves other machines: set {TOKEN}, or serve.token in the site "
            "file, or give --open"
        )
    return made
