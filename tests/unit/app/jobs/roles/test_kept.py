"""What a worker leaves for the next one is read as it was left, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.jobs.roles.kept import VERSION, Kept, kept_in
from camweave.core.errors import InputError
from camweave.formats.messages.packed import Packed

HEADERS = st.dictionaries(st.text(), st.integers() | st.text() | st.booleans())
RESULTS = st.lists(st.builds(Packed, st.text(), HEADERS, st.binary()), max_size=3)


@given(st.binary(), RESULTS)
def test_what_is_read_is_what_was_kept(memory: bytes, results: list[Packed]) -> None:
    read = kept_in(Kept(memory, results).to_bytes(), VERSION)
    assert read.memory == memory
    assert [(r.id, r.headers, r.body) for r in read.results] == [
        (r.id, r.headers, r.body) for r in results
    ]


@given(st.integers(0, 60), st.binary(max_size=8))
def test_what_is_cut_short_or_something_else_is_refused(length: int, more: bytes) -> None:
    whole = Kept(b"memory", [Packed("a", {"frame": 1}, b"body")]).to_bytes()
    other = whole[: min(length, len(whole) - 1)]
    for data in (other, whole + b"x" + more, more):
        with pytest.raises(InputError, match="damaged"):
            kept_in(data, VERSION)
    with pytest.raises(InputError, match="version 2"):
        kept_in(whole, 2)
