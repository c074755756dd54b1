"""When a stage's output can stay, and when it has to be made again."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camweave.app.jobs.recipe import Recipe
from camweave.formats.made_from import made_from_member
from camweave.formats.npz import write_npz


@dataclass(frozen=True)
class Params:
    model: str = ""
    patience: float = 1.0


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.txt"
    path.write_text("one")
    return path


def recipe(source: Path, stage: str = "track", **settings: Any) -> Recipe:
    return Recipe(stage, (source,), {"params": Params(), "fps": None} | settings)


def made(folder: Path, of: Recipe, later: float = 1.0) -> Path:
    """An output that was made some seconds after its input."""
    out = folder / "out.npz"
    write_npz(out, {"x": np.zeros(1), **made_from_member(of.digest())})
    at = of.inputs[0].stat().st_mtime + later
    os.utime(out, (at, at))
    return out


def test_an_output_of_the_same_recipe_stands(source: Path, tmp_path: Path) -> None:
    assert recipe(source).stands(made(tmp_path, recipe(source)))


def test_an_output_that_is_not_there_is_made(source: Path, tmp_path: Path) -> None:
    assert not recipe(source).stands(tmp_path / "out.npz")


def test_an_input_that_changed_later_is_noticed(source: Path, tmp_path: Path) -> None:
    out = made(tmp_path, recipe(source), later=-1.0)
    assert not recipe(source).stands(out)


def test_an_older_input_of_another_size_is_noticed(source: Path, tmp_path: Path) -> None:
    out = made(tmp_path, recipe(source))
    before = source.stat().st_mtime
    source.write_text("another")
    os.utime(source, (before, before))
    assert not recipe(source).stands(out)


@pytest.mark.parametrize(
    "settings", [{"params": Params(patience=2.0)}, {"fps": 25.0}, {"stage": "refine"}]
)
def test_other_settings_are_another_recipe(
    source: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    out = made(tmp_path, recipe(source))
    assert not recipe(source, **settings).stands(out)


def test_another_program_makes_it_again(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = made(tmp_path, recipe(source))
    monkeypatch.setattr("camweave.app.jobs.recipe.own_version", lambda: "99")
    assert not recipe(source).stands(out)


def test_a_model_is_an_input_too(source: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(b"1")
    of = recipe(source, params=Params(model=str(model)))
    os.utime(source, (1, 1))
    out = made(tmp_path, of, later=model.stat().st_mtime + 5)
    assert of.stands(out)
    os.utime(model, (model.stat().st_mtime + 50,) * 2)
    assert not of.stands(out)


def test_a_picture_in_a_folder_that_changed_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(b"1")
    out = made(tmp_path, recipe(folder))
    assert recipe(folder).stands(out)
    os.utime(folder / "1.jpg", (out.stat().st_mtime + 5,) * 2)
    assert not recipe(folder).stands(out)


def test_what_was_made_by_ready_parts_is_always_made_again(source: Path, tmp_path: Path) -> None:
    of = recipe(source, detector=object())
    assert of.digest() is None
    assert not of.stands(made(tmp_path, of))


def test_an_output_that_somebody_else_wrote_is_made_again(source: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "out.npz", x=np.zeros(1))
    (tmp_path / "words.npz").write_text("no arrays")
    assert not recipe(source).stands(tmp_path / "out.npz")
    assert not recipe(source).stands(tmp_path / "words.npz")


def test_an_input_that_is_gone_is_for_its_reader_to_tell(tmp_path: Path) -> None:
    np.savez(tmp_path / "out.npz", x=np.zeros(1))
    assert not recipe(tmp_path / "none.txt").stands(tmp_path / "out.npz")
