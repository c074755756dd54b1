import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.formats.coco import read_coco_detections

CAMERA = CameraId("cam")
SIDE = st.floats(0, 2000, width=32)


def entry(**changes: Any) -> dict[str, Any]:
    return {"image_id": 3, "category_id": 1, "bbox": [1, 2, 10.5, 20], "score": 0.5} | changes


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "results.json"


def test_an_entry_is_a_box_in_the_frame_of_its_image(file: Path) -> None:
    log = read_coco_detections(
        written(file, [entry(), entry(image_id=0, category_id=17)]), camera=CAMERA, fps=10.0
    )
    assert log.frame.tolist() == [0, 3]
    assert log.class_id.tolist() == [17, 1]
    assert log.xyxy[1].tolist() == [1, 2, 11.5, 22]
    assert log.frame_count == 4


@given(
    st.lists(st.tuples(st.integers(0, 99), SIDE, SIDE, st.integers(0, 90)), max_size=20),
    st.sampled_from([None, 0, 2]),
)
def test_every_entry_comes_through(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, float, float, int]],
    indent: int | None,
) -> None:
    path = tmp_path_factory.mktemp("c") / "results.json"
    found = [
        entry(image_id=frame, bbox=[0, 0, w, h], category_id=c) for frame, w, h, c in sorted(rows)
    ]
    log = read_coco_detections(
        written(path, json.dumps(found, indent=indent)), camera=CAMERA, fps=1
    )
    assert log.frame.tolist() == [each["image_id"] for each in found]
    assert log.class_id.tolist() == [each["category_id"] for each in found]
    assert log.xyxy.tolist() == [[0, 0, *each["bbox"][2:]] for each in found]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            {"images": [], "annotations": []},
            "expected a list of results, found an object with images, annotations: a data set",
        ),
        ({"a": 1}, "expected a list of results, found an object$"),
        ("", "expected a list of results, found nothing"),
        ([entry(), 7], "entry 2: expected an object, found '7'"),
        ([entry(bbox=[1, 2, 3])], r"entry 1: bbox: expected \[x, y, w, h\], found \[1, 2, 3\]"),
        ([entry(bbox=[1, 2, "a", 4])], "entry 1: bbox: expected"),
        ([{"image_id": 1}], "entry 1: bbox: expected .*, found None"),
        ([entry(), entry(image_id="a.jpg")], "entry 2: image_id: expected the number of a frame"),
        ([entry(image_id=-1)], "entry 1: expected a frame number from 0"),
        ([entry(score=None)], "entry 1: score: expected a number, found None"),
        ([entry(category_id="car")], "entry 1: category_id: expected a number, found 'car'"),
        ([entry(bbox=[1, 2, -3, 4])], "entry 1: expected a box whose right"),
        ([entry(score=float("nan"))], "entry 1: expected finite numbers"),
        ([entry(image_id=10**400)], "entry 1: expected numbers of a usual size"),
        ('[{"image_id": 1,\n "bbox": [1, 2', "results.json:2: cut short; expected a list"),
        ('[{"image_id": 1} {"image_id": 2}]', "entry 1: bbox"),
        (f"[{json.dumps(entry())}\n{json.dumps(entry())}]", "results.json:2: not JSON"),
        ("[" * 100_000, "results.json:1: not JSON|cut short"),
        ("[" + "9" * 5000 + "]", "results.json:1: not JSON"),
    ],
)
def test_what_is_wrong_is_named(file: Path, content: Any, says: str) -> None:
    with pytest.raises(FileFormatError, match=says) as caught:
        read_coco_detections(written(file, content), camera=CAMERA, fps=10.0)
    assert str(caught.value).startswith(str(file))
    assert len(str(caught.value).splitlines()) == 1
