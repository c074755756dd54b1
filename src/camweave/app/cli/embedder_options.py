"""Options of the command line to the parameters of an embedder."""

from collections.abc import Iterable
from pathlib import Path

from camweave.app.cli.settings import kind_of, with_settings
from camweave.app.site.embedders import EMBEDDERS, AnyEmbedderParams
from camweave.app.site.kinds import kind_problem
from camweave.core.errors import InputError


def embedder_params(
    kind: str, model: Path | None, pairs: Iterable[str] = (), *, option: str = "--model"
) -> AnyEmbedderParams:
    """The parameters of the embedder that is asked for; `option` is where its model is given.

    Raises:
        InputError: there is no such embedder or parameter, or it needs a model.
    """
    problem = kind_problem("embedder", kind)
    if problem:
        raise InputError(f"--embedder: {problem}")
    if kind == "reid" and model is None:
        raise InputError(f"{option} is missing: the embedder reid needs it")
    if kind != "reid" and model is not None:
        raise InputError(f"{option}: the embedder {kind} has no model")
    params = {kind_of(each): each for each in EMBEDDERS}[kind]
    given = {} if model is None else {"model": model}
    made: AnyEmbedderParams = with_settings(params, given, pairs)
    return made
