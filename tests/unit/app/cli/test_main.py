"""The command line's frame: help, exit statuses, and one line for whatever goes wrong."""

import errno
import json
import os
import subprocess
import sys

import pytest

from camweave.app.cli.commands import COMMANDS
from camweave.app.cli.main import run, told
from camweave.core.errors import JobError, OutputError, SiteError, SourceError

Output = pytest.CaptureFixture[str]


def test_the_version_is_printed(capsys: Output) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("camweave ")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_every_command(capsys: Output, arguments: list[str]) -> None:
    assert run(arguments) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(capsys: Output, name: str) -> None:
    assert run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example" in shown
    assert f"camweave {name} " in shown or f"camweave {name}\n" in shown


WRONG = {
    "a command": (["trak"], "no such command 'trak' (did you mean 'track'?)"),
    "an inner command": (
        ["models", "inspct"],
        "no such command 'inspct' (did you mean 'inspect'?)",
    ),
    "an option": (
        ["track", "a", "--hgih", "1"],
        "no such option '--hgih' (did you mean '--high'?) (see: camweave track --help)",
    ),
    "a number": (
        ["track", "a", "-o", "b", "--high", "x"],
        "invalid value for '--high': expected a valid number",
    ),
    "a number that is too small": (
        ["work", "--prefetch", "0"],
        "invalid value for '--prefetch': Input should be greater than or equal to 1",
    ),
    "nothing": (["track"], "missing argument 'DETECTIONS' (see: camweave track --help)"),
    "too much": (["doctor", "me"], "got unexpected extra argument"),
    "a tracker": (
        ["track", "a", "-o", "b", "--tracker", "deep_sort"],
        "--tracker: unknown tracker 'deep_sort' (did you mean 'deepsort'?)",
    ),
    "a parameter of a tracker": (
        ["track", "a", "-o", "b", "--set", "patiense=1"],
        "--set patiense: bytetrack has no such parameter (did you mean 'patience'?)",
    ),
    "a value of a parameter": (
        ["track", "a", "-o", "b", "--set", "patience=30frames"],
        "--set patience: expected a number, got '30frames'",
    ),
    "a detector": (
        ["detect", "a", "-o", "b", "--detector", "yolov8"],
        "--detector: unknown detector 'yolov8' (did you mean 'yolo'?)",
    ),
    "a detector's need": (
        ["detect", "a", "-o", "b", "--detector", "yolo"],
        "--model is missing: the detector yolo needs it",
    ),
    "a setting of another detector": (
        ["detect", "a", "-o", "b", "--detector", "motion", "--model", "m.onnx"],
        "--model: the detector motion has no such setting",
    ),
    "an embedder": (
        ["detect", "a", "-o", "b", "--embedder", "histgram"],
        "--embedder: unknown embedder 'histgram' (did you mean 'histogram'?)",
    ),
    "an embedder's need": (
        ["detect", "a", "-o", "b", "--embedder", "reid"],
        "--embedder-model is missing: the embedder reid needs it",
    ),
    "an embedder's need, later": (
        ["embed", "a", "t", "-o", "b", "--embedder", "reid"],
        "--model is missing: the embedder reid needs it",
    ),
    "a model for an embedder without one": (
        ["embed", "a", "t", "-o", "b", "--embedder", "histogram", "--model", "m.onnx"],
        "--model: the embedder histogram has no model",
    ),
    "a parameter of the refinement": (
        ["refine", "t", "-o", "b", "--set", "fil=2"],
        "--set fil: refine has no such parameter (did you mean 'fill'?)",
    ),
    "a size": (
        ["simulate", "plaza", "-o", "b", "--size", "big"],
        "--size: expected WIDTHxHEIGHT, as 640x360, got 'big'",
    ),
    "rules": (
        ["evaluate", "--truth", "a", "--result", "b", "--rules", "mot15"],
        "--rules: no rules 'mot15' (did you mean 'mot17'?)",
    ),
    "a least height": (
        ["evaluate", "--truth", "a", "--result", "b", "--least-height", "-1"],
        "least height: expected 0 px or more, got -1",
    ),
    "a least share that is seen": (
        ["evaluate", "--truth", "a", "--result", "b", "--least-visibility", "65"],
        "least visibility: expected 0 to 1, got 65",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_command_line_is_one_line_and_status_2(capsys: Output, name: str) -> None:
    arguments, message = WRONG[name]
    assert run(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"camweave: {message}")
    assert output.err.count("\n") == 1


ENDS = {
    "wrong input": (SourceError("a.mp4: no such file"), 2, "camweave: a.mp4: no such file\n"),
    "a failed job": (JobError("it broke"), 1, "camweave: it broke\n"),
    "an output": (OutputError("cannot write x"), 1, "camweave: cannot write x\n"),
    "a site": (SiteError("s.yaml:1:2: a: b\ns.yaml:2:1: c: d"), 2, "s.yaml:1:2: a: b\ns.yaml:2:1"),
    "a missing site": (SiteError("s.yaml: no such file"), 2, "camweave: s.yaml: no such file\n"),
    "a password": (
        SourceError("rtsp://me:hunter2@cam/1: no answer"),
        2,
        "camweave: rtsp://me:***@cam/1: no answer\n",
    ),
    "Ctrl-C": (KeyboardInterrupt(), 130, "camweave: interrupted"),
    "memory": (MemoryError(), 1, "camweave: not enough memory"),
    "the system": (
        OSError(errno.ENOSPC, "No space left on device", "x.npz"),
        1,
        "camweave: x.npz: No space left on device\n",
    ),
    "a bug": (RuntimeError("surprise"), 1, "camweave: a bug: RuntimeError: surprise."),
}


@pytest.mark.parametrize("name", ENDS)
def test_an_error_is_told_in_its_words_with_its_status(capsys: Output, name: str) -> None:
    error, status, message = ENDS[name]
    assert told(error) == status
    assert capsys.readouterr().err.startswith(message)


def test_a_reader_that_has_seen_enough_is_no_error_message() -> None:
    read, write = os.pipe()
    os.close(read)
    program = "from camweave.app.cli.main import main; main(['doctor', '--json'])"
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", program],
        dict(os.environ),
        file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)],
    )
    os.close(write)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 1


def test_the_traceback_is_there_for_who_asks(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMWEAVE_DEBUG", "1")
    assert run(["trak"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_doctor_says_one_json_object_and_nothing_else(capsys: Output) -> None:
    assert run(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ready"]
    assert report["findings"]["numba"]["good"]


STUCK = """
from threading import Thread
import cv2, numpy as np
from camweave.app.cli.main import main

def blur():
    while True:
        cv2.GaussianBlur(np.zeros((200, 200, 3), np.uint8), (31, 31), 5)

for _ in range(3):
    Thread(target=blur, daemon=True).start()
main(["--version"])
"""


def test_a_thread_that_was_given_up_on_does_not_abort_the_process_at_its_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("camweave ")
