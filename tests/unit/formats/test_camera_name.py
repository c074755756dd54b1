import pytest

from camweave.core.errors import InputError
from camweave.formats.camera_name import checked_camera


@pytest.mark.parametrize("name", ["a", "cam_a", "Gate-2", "x" * 64])
def test_a_plain_name_is_taken(name: str) -> None:
    assert checked_camera(name) == name


@pytest.mark.parametrize("name", ["", "a b", "../etc", "a/b", "é", "a\n", "x" * 65, "a.b"])
def test_a_name_that_could_hurt_a_path_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="expected 1 to 64 of"):
        checked_camera(name)
