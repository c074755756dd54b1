"""What `import camweave` offers: to Python and to type checkers the same."""

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

import camweave

STUB = Path(camweave.__file__).with_suffix(".pyi")


def test_the_version_is_that_of_the_package() -> None:
    assert camweave.__version__ == version("camweave")


@pytest.mark.parametrize("name", camweave.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(camweave, name) is not None


def test_type_checkers_are_told_the_same_names() -> None:
    names = {
        alias.asname or alias.name
        for node in ast.parse(STUB.read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert names | {"__version__"} == set(camweave.__all__) == set(dir(camweave))


def test_other_names_are_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="camweave has no 'detekt'"):
        _ = camweave.detekt  # type: ignore[attr-defined] # that is the test
