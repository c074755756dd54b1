"""TorchScript is run where PyTorch is, and a checkpoint is never opened."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camweave.core.errors import JobError, MissingExtra, ModelError
from camweave.inference.opening import open_session
from camweave.inference.torch_session import is_torchscript

# PyTorch would rather have other formats; people still have these files.
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")

IMAGES = np.arange(96, dtype=np.float32).reshape(2, 3, 4, 4)


@pytest.fixture
def summing(tmp_path: Path) -> Path:
    """A TorchScript file: a convolution that sums the channels of `images`."""
    torch: Any = pytest.importorskip("torch", reason="the extra torch is not installed")
    layer = torch.nn.Conv2d(3, 1, 1, bias=False)
    torch.nn.init.ones_(layer.weight)
    model = torch.jit.trace(layer, torch.zeros(1, 3, 4, 4))
    path = tmp_path / "summing.torchscript"
    stated = {"imgsz": [4, 4], "names": {"0": "person", "1": "car"}}
    torch.jit.save(model, str(path), _extra_files={"config.txt": json.dumps(stated)})
    return path


def archive(path: Path, *members: str) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for member in members:
            opened.writestr(member, b"content")
    return path


def test_a_torchscript_file_is_run_by_pytorch(summing: Path) -> None:
    session = open_session(summing, threads=1)
    found = session.run({session.inputs[0].name: IMAGES})
    np.testing.assert_allclose(found["output0"], IMAGES.sum(axis=1, keepdims=True))
    assert session.backend.startswith("PyTorch")
    assert [port.shape for port in session.inputs] == [(None, 3, 4, 4)]
    assert [port.name for port in session.outputs] == ["output0"]
    assert session.class_names == ("person", "car")


def test_a_torchscript_file_may_be_called_pt(summing: Path) -> None:
    renamed = summing.rename(summing.with_suffix(".pt"))
    assert open_session(renamed, threads=1).backend.startswith("PyTorch")


def test_a_run_of_a_torchscript_model_that_fails_says_so_in_one_line(summing: Path) -> None:
    session = open_session(summing)
    with pytest.raises(JobError, match="a run failed") as caught:
        session.run({session.inputs[0].name: np.zeros((1, 5, 4, 4), np.float32)})
    assert "\n" not in str(caught.value)


def test_a_broken_torchscript_file_is_refused_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    with pytest.raises(ModelError, match="not a model that PyTorch can open") as caught:
        open_session(archive(tmp_path / "m.torchscript", "m/code/net.py", "m/constants.pkl"))
    assert "\n" not in str(caught.value)


def test_code_beside_the_numbers_tells_torchscript_from_a_checkpoint(tmp_path: Path) -> None:
    assert is_torchscript(archive(tmp_path / "a.pt", "a/code/net.py", "a/constants.pkl"))
    assert not is_torchscript(archive(tmp_path / "b.pt", "b/data.pkl", "b/data/0"))
    (tmp_path / "c.pt").write_bytes(b"\x80\x02")
    assert not is_torchscript(tmp_path / "c.pt")


def test_a_checkpoint_is_refused_although_it_is_an_archive_too(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="can run any code"):
        open_session(archive(tmp_path / "b.pt", "b/data.pkl", "b/data/0"))


def test_without_pytorch_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"camweave\[torch\]"):
        open_session(archive(tmp_path / "m.torchscript", "m/code/net.py"))
