"""Options of the command line to the parameters of a detector."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from camweave.app.site.kinds import kind_problem
from camweave.core.errors import InputError

OPTIONS: Final = {"path": "--recording"}
NEEDED: Final = {"yolo": "model", "recorded": "path"}


def detector_params(kind: str, given: Mapping[str, Any]) -> tuple[Any, Any]:
    """The parameters of a detector, and those of the filter behind it.

    What the detector has no setting for, the filter keeps to: classes, sizes, the mask.

    Raises:
        InputError: there is no such detector, or it has no such setting, or needs one more.
    """
    problem = kind_problem("detector", kind)
    if problem:
        raise InputError(f"--detector: {problem}")
    from camweave.detection.filtered import FilterParams

    made = params_class(kind)
    settings = {key: value for key, value in given.items() if value is not None}
    own = {key: value for key, value in settings.items() if key in names_of(made)}
    rest = {key: value for key, value in settings.items() if key not in own}
    for key in rest.keys() - names_of(FilterParams):
        raise InputError(f"{option(key)}: the detector {kind} has no such setting")
    if NEEDED.get(kind, "kind") not in own | {"kind": kind}:
        raise InputError(f"{option(NEEDED[kind])} is missing: the detector {kind} needs it")
    return made(**own), FilterParams(**rest)


def names_of(params: Any) -> set[str]:  # noqa: ANN401 - a dataclass that is imported when needed
    """The fields of a dataclass."""
    return {field.name for field in fields(params)}


def params_class(kind: str) -> Any:  # noqa: ANN401 - imported when it is needed
    """The dataclass of a detector's parameters."""
    match kind:
        case "yolo":
            from camweave.detection.yolo import YoloParams

            return YoloParams
        case "hog":
            from camweave.detection.hog import HogParams

            return HogParams
        case "recorded":
            from camweave.detection.recorded import RecordedParams

            return RecordedParams
        case _:
            from camweave.detection.motion import MotionParams

            return MotionParams


def option(key: str) -> str:
    """The option that sets a parameter."""
    return OPTIONS.get(key, f"--{key.replace('_', '-')}")
