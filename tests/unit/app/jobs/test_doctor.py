"""What this machine can run."""

from camweave.app.jobs.doctor import doctor, runtime


def test_a_machine_that_runs_the_tests_is_ready() -> None:
    assert [each.topic for each in doctor() if each.needed and not each.good] == []


def test_every_topic_is_told_once() -> None:
    topics = [each.topic for each in doctor()]
    assert len(topics) == len(set(topics))
    assert {"python", "cores", "numba", "onnxruntime", "openvino", "video", "tracker"} <= {*topics}


def test_a_runtime_that_is_not_there_names_its_extra() -> None:
    def look() -> str:
        raise ImportError

    assert runtime(look, "onnx") == (False, "not installed: pip install 'camweave[onnx]'")


def test_a_runtime_that_does_not_start_says_why_in_one_line() -> None:
    def look() -> str:
        raise OSError("libfoo.so:\n no such file")

    assert runtime(look, "onnx") == (False, "does not start: libfoo.so: no such file")
