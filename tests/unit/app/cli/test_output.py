"""What a command prints."""

import json
import logging

import pytest

from camweave.app.cli.logs import logs_on_stderr
from camweave.app.cli.output import columns, rate, say_json
from camweave.app.cli.progress import progress_bar
from camweave.formats.plain_json import plain


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([("a", "bbb"), ("cc", "d")]) == ["a   bbb", "cc  d"]


def test_json_has_no_number_that_json_has_not(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"a": float("nan"), "b": (1, float("inf")), "c": None, "d": True})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [1, None], "c": None, "d": True}


def test_what_json_has_no_word_for_becomes_text(tmp_path: object) -> None:
    assert plain({1: tmp_path}) == {"1": str(tmp_path)}


def test_no_time_is_no_rate() -> None:
    assert rate(5, 0.0) == 0.0


def test_nobody_sees_a_progress_bar_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as progress:
        progress("x", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_a_warning_is_one_line_without_passwords(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CAMWEAVE_LOG", raising=False)
    with logs_on_stderr():
        logging.getLogger("camweave.x").warning("rtsp://a:b@c/d:\n%s", "cut short")
        logging.getLogger("camweave.x").info("not now")
    assert capsys.readouterr().err == "camweave: warning: rtsp://a:***@c/d: cut short\n"
