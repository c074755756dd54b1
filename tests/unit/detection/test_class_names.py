"""What class ids are called."""

import pytest

from camweave.core.errors import InputError
from camweave.detection.class_names import COCO, names_for, wanted_classes


def test_there_are_eighty_names_and_none_twice() -> None:
    assert len(COCO) == len(set(COCO)) == 80
    assert COCO[0] == "person"
    assert COCO[2] == "car"
    assert COCO[79] == "toothbrush"


def test_what_the_model_states_goes_before_everything() -> None:
    assert names_for(80, ["walker"]) == ("walker",)


def test_eighty_classes_are_cocos_and_others_are_numbered() -> None:
    assert names_for(80, ()) == COCO
    assert names_for(3, ()) == ("class_0", "class_1", "class_2")


def test_ninety_one_slots_are_cocos_own_ids_with_their_gaps() -> None:
    names = names_for(91, ())
    assert len(names) == 91
    assert (names[1], names[3], names[13], names[90]) == (
        "person",
        "car",
        "stop sign",
        "toothbrush",
    )
    assert names[12] == "unused_12"


def test_no_class_asked_for_is_all_of_them() -> None:
    assert wanted_classes((), ("person", "car")).tolist() == [True, True]


def test_classes_are_chosen_by_name_in_any_case() -> None:
    assert wanted_classes(("Car",), ("person", "car")).tolist() == [False, True]


def test_an_unknown_class_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no class 'persn'.*did you mean 'person'"):
        wanted_classes(("persn",), COCO)
