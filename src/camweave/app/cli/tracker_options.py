"""Options of the command line to the parameters of a tracker."""

from collections.abc import Iterable, Mapping
from typing import Any

from camweave.app.cli.settings import kind_of, with_settings
from camweave.app.site.kinds import kind_problem
from camweave.app.site.trackers import TRACKERS, AnyTrackerParams
from camweave.core.errors import InputError


def tracker_params(kind: str, given: Mapping[str, Any], pairs: Iterable[str]) -> AnyTrackerParams:
    """The parameters of the tracker that is asked for; None stands for "not given".

    Raises:
        InputError: there is no such tracker or parameter, or a value is out of its range.
    """
    problem = kind_problem("tracker", kind)
    if problem:
        raise InputError(f"--tracker: {problem}")
    params = {kind_of(each): each for each in TRACKERS}[kind]
    said = {name: value for name, value in given.items() if value is not None}
    made: AnyTrackerParams = with_settings(params, said, pairs)
    return made
