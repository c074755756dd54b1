"""Small parts of a served page: who may come in, who looks alike, and what was said twice."""

import numpy as np
import pytest
from pydantic import SecretStr

from camweave.app.jobs.roles.corrections import Corrections
from camweave.app.jobs.roles.serve_history import most_alike_of
from camweave.app.jobs.roles.serve_where import serve_section
from camweave.app.site.sections import Serve
from camweave.core.arrays import F32
from camweave.core.corrections import Correction, Undo
from camweave.core.errors import InputError
from camweave.core.events import Corrected, Undone
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Crops, Paths, Sightings

GATE = CameraId("gate")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - that it is guarded is what is tested


def test_other_machines_need_a_token_or_a_word_that_they_may() -> None:
    with pytest.raises(InputError, match=r"set CAMWEAVE_TOKEN, or serve\.token"):
        serve_section(None, host=EVERYWHERE, environment={})
    assert serve_section(None, host=EVERYWHERE, open_=True, environment={}).open
    told = serve_section(None, host=EVERYWHERE, environment={"CAMWEAVE_TOKEN": "s3cret"})
    assert told.token == SecretStr("s3cret")


def test_options_stand_above_what_the_file_says() -> None:
    said = Serve(host="127.0.0.1", port=9000, viewers=5)
    made = serve_section(said, port=0, environment={})
    assert (made.host, made.port, made.viewers) == ("127.0.0.1", 0, 5)


def test_a_correction_is_known_again_by_who_said_it_and_when() -> None:
    corrections = Corrections()
    said = Correction(kind="merge", constraints=(), who="Ada", at=5.5)
    corrections.note(
        [
            Corrected(seq=7, time=1.0, correction=said),
            Undone(seq=9, time=1.0, undo=Undo(of=7, who="Ada", at=6.0)),
        ]
    )
    assert [corrections.number("Ada", at) for at in (5.5, 6.0, 7.0)] == [7, 9, None]
    assert corrections.number("Bob", 5.5) is None


def test_of_each_identity_the_tracklet_most_alike_is_found_and_nobodys_are_not() -> None:
    looks = np.array([[1, 0], [0.6, 0.8], [0.8, 0.6], [0, 1], [1, 0]], np.float32)
    rows = sightings(offsets=[0, 2, 3, 4, 5], looks=looks)
    keys = [TrackletKey(GATE, number) for number in (1, 2, 3, 4)]
    owners: dict[TrackletKey, int | None] = dict(zip(keys, (5, 5, 6, None), strict=True))
    vector = np.array([1, 0], np.float32)
    found = most_alike_of(rows, owners, vector, 9)
    assert [(who, key) for who, _, key in found] == [(5, keys[0]), (6, keys[2])]
    assert found[0][1] == pytest.approx(2 / 5**0.5)  # as its crops look on average
    assert len(most_alike_of(rows, owners, vector, 1)) == 1
    assert most_alike_of(rows, owners, np.ones(3, np.float32), 9) == []  # another embedder's


def sightings(offsets: list[int], looks: F32) -> Sightings:
    count, crops = len(offsets) - 1, len(looks)
    boxes, none = np.zeros((count, 4), np.float32), np.zeros(count)
    return Sightings(
        cameras=(GATE,),
        size=np.array([[640, 360]]),
        camera=np.zeros(count, np.int64),
        tracklet_id=np.arange(1, count + 1),
        class_id=np.zeros(count, np.int32),
        begin=none,
        end=none + 1,
        frames=np.ones(count, np.int64),
        entry=boxes,
        exit=boxes,
        entry_motion=np.zeros((count, 2), np.float32),
        exit_motion=np.zeros((count, 2), np.float32),
        crops=Crops(
            offsets=np.array(offsets),
            time=np.zeros(crops),
            frame=np.zeros(crops, np.int64),
            embedding=looks,
            quality=np.ones(crops, np.float32),
        ),
        paths=Paths(np.zeros(count + 1, np.int64), none[:0], np.empty((0, 2)), none[:0]),
        class_names=("person",),
    )
