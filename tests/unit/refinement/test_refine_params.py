import pytest

from camweave.core.errors import InputError
from camweave.refinement.params import RefineParams


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("doubt", -1.0),
        ("most_gap", float("inf")),
        ("window", 0.0),
        ("least_evidence", float("nan")),
        ("border", -1.0),
        ("returns", 0.0),
        ("twin", 1.5),
        ("least_crops", 0),
        ("filling", "cubic"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InputError, match=f"refine: {name}: expected"):
        RefineParams(**{name: value})  # type: ignore[arg-type]  # that is the point
