"""One whole site that all these faults befall, one after the other."""

from collections.abc import Iterator

import pytest
from tests.support.staged_site import Stage, staged


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("street")) as running:
        yield running
