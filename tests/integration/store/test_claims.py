"""A site that is watched is watched by one process."""

import pytest

from camweave.core.errors import OutputError
from camweave.store.store import open_store


def test_a_site_is_claimed_by_one_at_a_time(url: str) -> None:
    with open_store(url) as one, open_store(url) as other:
        with one.claim("yard"):
            with other.claim("road"):
                pass
            with (
                pytest.raises(OutputError, match="another process watches site yard"),
                other.claim("yard"),
            ):
                pass
        with other.claim("yard"):
            pass


def test_who_closes_a_store_lets_its_claims_go(url: str) -> None:
    with open_store(url) as one, one.claim("yard"):
        pass
    with open_store(url) as other, other.claim("yard"):
        pass
