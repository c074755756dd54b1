"""Class numbers of the old files to names."""

from typing import Any

from camweave.app.jobs.convert.fates import Rates, Unfit
from camweave.detection.class_names import COCO


def class_names(value: Any, rates: Rates) -> list[str]:  # noqa: ANN401, ARG001 - a change takes any value
    """Names for class numbers; `true` (only humans) is a person."""
    if value is True:
        return ["person"]
    if value is False:
        raise Unfit("every class is kept when none is named")
    if not isinstance(value, list) or not value:
        raise Unfit(f"expected a list of class numbers, got {value!r}")
    return [class_name(item) for item in value]


def class_name(item: Any) -> str:  # noqa: ANN401 - a YAML value
    """One name."""
    if isinstance(item, str):
        return item
    if isinstance(item, int) and not isinstance(item, bool) and 0 <= item < len(COCO):
        return COCO[item]
    raise Unfit(f"expected class numbers from 0 to {len(COCO) - 1}, got {item!r}")
