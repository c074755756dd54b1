"""Certificates that cannot be used are named, with who wanted them."""

from pathlib import Path

import pytest

from camweave.core.errors import InputError
from camweave.formats.tls import Tls, tls_context


def test_a_certificate_that_is_none_is_named_and_who_speaks_comes_first(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(InputError, match=r"^rabbit: \S*ca\.pem: no usable PEM certificate"):
        tls_context(Tls(authority=tmp_path / "ca.pem"), "rabbit")
    with pytest.raises(InputError, match=r"^hub: \S*none\.pem: no usable PEM certificate: No such"):
        tls_context(Tls(authority=tmp_path / "none.pem"), "hub")
