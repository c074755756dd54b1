"""A ReID model gets its crops as it wants them, and gives one vector for each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

from camweave.core.arrays import F32, U8
from camweave.core.errors import InputError, ModelError
from camweave.embedding.card import IMAGENET
from camweave.embedding.params import ReidParams
from camweave.embedding.reid import Reid
from camweave.embedding.unit import unit

MakeReid: TypeAlias = Callable[..., Path]

BGR = np.array([200, 100, 40], np.float32)


def crop(height: int = 11, width: int = 5) -> U8:
    return np.full((height, width, 3), BGR, np.uint8)


def embed(path: Path, *crops: U8, **knobs: Any) -> F32:
    return Reid(ReidParams(model=path, **knobs)).embed(crops or [crop()])


def says(path: Path, vector: F32, **knobs: Any) -> bool:
    """Whether the model was fed pixels with these means."""
    return bool(np.allclose(embed(path, **knobs)[0], vector / np.linalg.norm(vector), atol=2e-3))


def imagenet(rgb: F32) -> F32:
    mean, std = (np.array(each, np.float32) for each in IMAGENET)
    return (rgb - mean) / std


def test_channels_first_is_fed_rgb_as_imagenet_has_it(mean_model: MakeReid) -> None:
    assert says(mean_model(("batch", 3, 8, 4)), imagenet(BGR[::-1]))


def test_rows_first_is_fed_raw_bgr(mean_model: MakeReid) -> None:
    assert says(mean_model((1, 8, 4, 3)), BGR)


def test_a_model_of_bytes_is_fed_raw_levels(mean_model: MakeReid) -> None:
    path = mean_model(("batch", 3, 8, 4), dtype=2)
    assert says(path, BGR[::-1])


@pytest.mark.parametrize(
    ("card", "vector"),
    [
        ("channels: BGR\npixels: raw", BGR),
        ("channels: RGB\npixels: unit", BGR[::-1] / 255),
        ("pixels: symmetric", (BGR[::-1] - 127.5) / 127.5),
        ("channels: BGR", imagenet(BGR[::-1])[::-1]),
        ("channels: BGR\nmean: [1, 2, 3]\nstd: [2, 4, 8]", (BGR - [1, 2, 3]) / [2, 4, 8]),
    ],
)
def test_what_the_card_says_holds(mean_model: MakeReid, card: str, vector: F32) -> None:
    path = mean_model()
    path.with_name("net.card.yaml").write_text(card)
    assert says(path, vector)


def test_a_card_may_lie_elsewhere(mean_model: MakeReid, tmp_path: Path) -> None:
    card = tmp_path / "mine.yaml"
    card.write_text("channels: BGR\npixels: raw")
    assert says(mean_model(), BGR, card=card)
    with pytest.raises(ModelError, match=r"no such card"):
        embed(mean_model(), card=tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("knobs", "vector"),
    [
        ({"name": "person-reidentification-retail-0288.onnx"}, BGR),
        ({"input_name": "batched_inputs.1"}, BGR[::-1]),
        ({"metadata": {"author": "Ultralytics", "imgsz": "[8, 4]"}}, BGR[::-1] / 255),
        (
            {
                "metadata": {
                    "model_info reverse_input_channels": "True",
                    "model_info mean_values": "10 20 30",
                    "model_info scale_values": "2",
                }
            },
            (BGR[::-1] - [10, 20, 30]) / 2,
        ),
        ({"metadata": {"reverse_input_channels": "False"}}, BGR),
    ],
)
def test_what_an_exporter_states_is_believed(
    mean_model: MakeReid, knobs: dict[str, Any], vector: F32
) -> None:
    assert says(mean_model(**knobs), vector)


def test_the_card_overrules_what_the_model_states(mean_model: MakeReid) -> None:
    path = mean_model(metadata={"reverse_input_channels": "False"})
    path.with_name("net.card.yaml").write_text("channels: RGB\npixels: unit")
    assert says(path, BGR[::-1])


def test_the_name_says_what_was_chosen_and_why(mean_model: MakeReid) -> None:
    name = Reid(ReidParams(model=mean_model(), backend="onnx")).name
    assert "net.onnx: NCHW 8x4 RGB imagenet (usual for NCHW; no card), 3 numbers" in name
    assert "ONNX Runtime" in name
    assert " on " in name
    assert "not TensorRT" in name or "on TensorRT" in name


@pytest.mark.parametrize("shape", [("batch", 3, 8, 4), (1, 3, 8, 4), (1, 8, 4, 3), (4, 3, 8, 4)])
@pytest.mark.parametrize("count", [0, 1, 5, 9])
@pytest.mark.parametrize("batch", [1, 2, 32])
def test_each_crop_gets_its_own_vector_whatever_the_batch(
    mean_model: MakeReid, shape: tuple[int | str, ...], count: int, batch: int
) -> None:
    crops = [np.full((9 + k, 5, 3), (20 * k + 5, 90, 10), np.uint8) for k in range(count)]
    reid = Reid(ReidParams(model=mean_model(shape), batch=batch, threads=2))
    together = reid.embed(crops)
    assert together.shape == (count, reid.dimension)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for row, each in zip(together, crops, strict=True):
        np.testing.assert_allclose(reid.embed([each])[0], row, atol=1e-5)


def test_crops_are_views_and_stay_as_they_are(mean_model: MakeReid) -> None:
    frame = np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8)
    before = frame.copy()
    frame.setflags(write=False)
    embed(mean_model(), frame[3:40, 5:30], frame[::2, ::3])
    assert np.array_equal(frame, before)


def test_a_map_of_one_pixel_is_a_vector(mean_model: MakeReid) -> None:
    assert embed(mean_model(rank=4)).shape == (1, 3)


@pytest.mark.parametrize("scaled", [0.0, np.nan, np.inf])
def test_a_vector_without_a_direction_is_a_row_of_zeros(
    mean_model: MakeReid, scaled: float
) -> None:
    assert not embed(mean_model(scaled=scaled)).any()


def test_zeros_are_the_only_rows_that_are_not_of_unit_length() -> None:
    vectors = np.array([[1e-30, 0], [1e30, 1e30], [np.nan, 1], [-3, 4]], np.float32)
    np.testing.assert_allclose(np.linalg.norm(unit(vectors), axis=1), [0, 1, 0, 1], atol=1e-6)


def test_several_outputs_need_a_card_that_names_one(mean_model: MakeReid) -> None:
    path = mean_model(outputs=("first", "second"))
    with pytest.raises(ModelError, match=r"several outputs.*`output: NAME` into .*net\.card\.yaml"):
        embed(path)
    card = path.with_name("net.card.yaml")
    card.write_text("output: second")
    assert embed(path).shape == (1, 3)
    card.write_text("output: third")
    with pytest.raises(ModelError, match=r"output 'third' holds no vectors"):
        embed(path)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((1, 3, 8), "not one colour image"),
        ((1, 1, 8, 4), "not one colour image"),
        ((1, 3, 5, 3), r"does not tell NCHW from NHWC; write `layout: NCHW` .*net\.card\.yaml"),
        ((1, 3, "h", "w"), r"size of its crops free; write `size: .*net\.card\.yaml"),
    ],
)
def test_a_model_that_is_unclear_is_refused_in_one_line_that_names_the_way(
    mean_model: MakeReid, shape: tuple[int | str, ...], said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        embed(mean_model(shape))
    assert "\n" not in str(caught.value)


def test_a_card_gives_the_size_that_a_model_leaves_free(mean_model: MakeReid) -> None:
    path = mean_model(("batch", 3, "h", "w"))
    path.with_name("net.card.yaml").write_text("size: [16, 8]")
    reid = Reid(ReidParams(model=path))
    assert (reid.wants.height, reid.wants.width) == (16, 8)
    assert reid.embed([crop()]).any()


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("chanels: RGB", r"no key 'chanels' \(did you mean 'channels'\?\)"),
        ("channels: GBR", "channels is one of RGB, BGR"),
        ("size: 256", r"size is \[height, width\]"),
        ("size: [9, 9]", "says 9x9, the model takes 8x4"),
        ("layout: NHWC", "layout NHWC does not fit"),
        ("mean: [1, 2, 3]", "belong together"),
        ("mean: [1, 2, 3]\nstd: [1, 0, 1]", "std must be above 0"),
        ("mean: [1, 2]\nstd: [1, 1]", "three numbers"),
        ("mean: [.nan, 2, 3]\nstd: [1, 1, 1]", "three numbers"),
        ("pixels: raw\nmean: [1, 2, 3]\nstd: [1, 1, 1]", "not both"),
        ("- a list", "lines of `key: value`"),
        ("layout: [", "not readable as YAML"),
    ],
)
def test_a_card_that_cannot_be_is_refused_in_one_line(
    mean_model: MakeReid, card: str, said: str
) -> None:
    path = mean_model()
    path.with_name("net.card.yaml").write_text(card)
    with pytest.raises(ModelError, match=said) as caught:
        embed(path)
    assert "\n" not in str(caught.value)
    assert "net.card.yaml" in str(caught.value)


def test_knobs_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="batch is 1 or more"):
        ReidParams(model=Path("m.onnx"), batch=0)


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
def test_torchscript_is_embedded_with_the_size_its_card_gives(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch", reason="the extra torch is not installed")
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 3), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()
    )
    path = tmp_path / "net.torchscript"
    torch.jit.save(torch.jit.trace(net, torch.zeros(1, 3, 8, 4)), str(path))
    path.with_name("net.card.yaml").write_text("size: [8, 4]\nlayout: NCHW")
    reid = Reid(ReidParams(model=path))
    assert "PyTorch" in reid.name
    assert reid.embed([crop(), crop(20, 9)]).shape == (2, 6)
