"""Class names as exporters write them."""

import logging

import pytest

from camweave.inference.stated_names import in_order, stated_names


@pytest.mark.parametrize(
    "text",
    [
        "{0: 'person', 1: 'car'}",
        '{"1": "car", "0": "person"}',
        "['person', 'car']",
        '["person", "car"]',
    ],
)
def test_names_are_read_in_the_order_of_their_ids(text: str) -> None:
    assert stated_names(text, "m.onnx") == ("person", "car")


@pytest.mark.parametrize(
    "text",
    ["__import__('os').getcwd()", "{0: 'person', 7: 'car'}", "person, car", "17", "(" * 5000, "{"],
)
def test_what_is_no_list_of_names_is_not_used_and_said(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert stated_names(text, "m.onnx") == ()
    assert "m.onnx" in caplog.text


def test_nothing_stated_is_nothing_to_say(caplog: pytest.LogCaptureFixture) -> None:
    assert stated_names("", "m.onnx") == ()
    assert not caplog.text


def test_a_mapping_that_skips_an_id_is_no_list_of_names() -> None:
    assert in_order({0: "a", 2: "c"}) == ()
    assert in_order({"x": "a"}) == ()
    assert in_order(None) == ()
