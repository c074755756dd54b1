"""YAML to plain data: what is read, what is refused, and where."""

from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError
from camweave.formats.document import MAX_BYTES, parse_document, path_text, read_text


def data(text: str, **environment: str) -> Any:
    return parse_document(text, "s.yaml", environment).data


def refusal(text: str, **environment: str) -> str:
    with pytest.raises(FileFormatError) as caught:
        parse_document(text, "s.yaml", environment)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", 12),
        ("-3", -3),
        ("1e-3", 0.001),
        (".5", 0.5),
        (".inf", float("inf")),
        ("-.inf", float("-inf")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("12:30", "12:30"),
        ("0x1f", "0x1f"),
        ("2001-01-01", "2001-01-01"),
        ("'12'", "12"),
        ("[1, a]", [1, "a"]),
    ],
)
def test_a_value_is_read_as_yaml_1_2_means_it(written: str, read: object) -> None:
    assert data(f"key: {written}") == {"key": read}


def test_every_value_knows_its_line_and_column() -> None:
    document = parse_document("a:\n  - b: 1\n    c: 2\n", "s.yaml", {})
    assert document.error(("a", 0, "c"), "wrong") == "s.yaml:3:5: a[0].c: wrong"


def test_what_is_not_there_is_blamed_on_what_is_around_it() -> None:
    document = parse_document("a:\n  - b: 1\n", "s.yaml", {})
    assert document.error(("a", 0, "missing"), "gone").startswith("s.yaml:2:5: a[0].missing")


def test_a_path_reads_as_people_write_it() -> None:
    assert path_text(("cameras", 0, "tracker", "high")) == "cameras[0].tracker.high"


def test_a_variable_is_filled_in_and_takes_its_type() -> None:
    assert data("{port: ${P}, url: 'http://${H}:${P}/'}", P="80", H="box") == {
        "port": 80,
        "url": "http://box:80/",
    }


def test_a_quoted_variable_stays_text() -> None:
    assert data("password: '${P}'", P="80") == {"password": "80"}


def test_a_variable_in_a_comment_is_nobodys_business() -> None:
    assert data("a: 1  # ${NOT_SET}") == {"a": 1}


def test_a_missing_variable_is_named_with_its_line() -> None:
    assert refusal("a: 1\nb: ${NOPE}") == "s.yaml:2:4: environment variable NOPE is not set"


def test_all_missing_variables_are_told_at_once() -> None:
    assert len(refusal("a: ${X}\nb: ${Y}").splitlines()) == 2


def test_shell_defaults_are_not_understood_and_say_so() -> None:
    assert "takes the name of an environment variable" in refusal("a: '${X:-3}'")


def test_a_merged_mapping_yields_to_what_is_written() -> None:
    assert data("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n")["b"] == {"x": 1, "y": 3}


HOSTILE = {
    "duplicate": "cameras: 1\ncameras: 2\n",
    "tab": "a:\n\tb: 1\n",
    "open": "cameras: [\n",
    "python": "a: !!python/object/apply:os.system ['id']",
    "binary": "a: !!binary aGVsbG8=",
    "own tag": "a: !foo 3",
    "nested": "[" * 5000,
    "long list": "- 1\n" * 200_000,
    "itself": "a: &a [*a]",
    "bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n"
        for old, new in zip("abcdefg", "bcdefgh", strict=True)
    ),
    "list as key": "? [a]\n: 1",
    "null byte": "a: \x00",
    "two documents": "---\na: 1\n---\nb: 2\n",
    "undefined alias": "a: *b",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_site_file_needs_is_refused_in_one_line_and_at_once(name: str) -> None:
    began = perf_counter()
    message = refusal(HOSTILE[name])
    assert perf_counter() - began < 5  # minutes, where it is not refused
    assert message.startswith("s.yaml:")
    assert len(message.splitlines()) == 1


def test_a_tab_is_called_by_its_name() -> None:
    assert refusal(HOSTILE["tab"]) == "s.yaml:2:1: a tab; YAML is indented with spaces"


def test_a_duplicate_says_where_the_first_is() -> None:
    assert "duplicate key 'cameras' (first on line 1)" in refusal(HOSTILE["duplicate"])


def test_a_file_of_more_than_a_mebibyte_is_not_read(tmp_path: Any) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(FileFormatError, match="larger than 1 MiB"):
        read_text(path)


def test_a_missing_file_is_named(tmp_path: Any) -> None:
    with pytest.raises(FileFormatError, match=r"nope\.yaml: no such file"):
        read_text(tmp_path / "nope.yaml")


def test_text_that_is_not_utf_8_is_refused_at_its_line(tmp_path: Any) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(FileFormatError, match=r"latin\.yaml:2:1: not UTF-8"):
        read_text(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Any) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfsite: x\n")
    assert parse_document(read_text(path), str(path)).data == {"site": "x"}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    refused = "" if is_readable(text) else refusal(text)
    assert all(line.startswith("s.yaml:") for line in refused.splitlines())


def is_readable(text: str) -> bool:
    try:
        parse_document(text, "s.yaml", {})
    except FileFormatError:
        return False
    return True
