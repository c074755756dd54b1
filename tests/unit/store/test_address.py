"""Where a store is said to be."""

import pytest

from camweave.core.errors import InputError
from camweave.store.address import address_of

SECRET = "s3cret"  # noqa: S105 - nobody's


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sqlite:///camweave.db", "camweave.db"),
        ("sqlite:////var/lib/camweave/camweave.db", "/var/lib/camweave/camweave.db"),
        (f"postgresql://me:{SECRET}@db.example:5433/site", "postgresql://me:***@db.example:5433/site"),
        (f"postgresql://db/site?user=me&password={SECRET}", "postgresql://db/site"),
        ("postgresql+psycopg://me@db/site?sslmode=verify-full", "postgresql://me@db/site"),
    ],
)  # fmt: skip
def test_a_store_is_named_without_its_password(text: str, shown: str) -> None:
    address = address_of(text)
    assert str(address) == shown
    assert SECRET not in repr(address)


@pytest.mark.parametrize(
    "text",
    [
        f"me:{SECRET}",
        f"mysql://me:{SECRET}@db/site",
        f"postgresql://me:{SECRET}@db",
        f"postgresql://me:{SECRET}@db:port/site",
        "sqlite://",
        "sqlite:///:memory:",
        f"sqlite://me:{SECRET}@db/file.db",
        "",
    ],
)
def test_what_is_no_store_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InputError, match="expected sqlite:///FILE or postgresql://") as refused:
        address_of(text)
    assert SECRET not in str(refused.value)
