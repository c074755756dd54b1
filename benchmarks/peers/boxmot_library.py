"""`boxmot` (AGPL-3.0), in an environment of its own, each tracker at the defaults it ships.

There are no pictures here, so camera motion is off, and appearance too where none is given. Its
trackers work on NumPy arrays; torch is only the form of its own inputs and outputs, and where it
is not installed a stand-in with the same names serves.
"""

import importlib
import importlib.util
import logging
import sys
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.peers.exchange import Array, Follow, Seen, Step, Stream, frame_by_frame, serve

NO_PICTURES: dict[str, dict[str, Any]] = {
    "bytetrack": {},
    "ocsort": {},
    "botsort": {"use_cmc": False},
    "boosttrack": {"use_cmc": False},
    "occluboost": {"use_cmc": False},
}
HAS_LOOKS = {"botsort", "boosttrack", "occluboost"}
TOLD_RATE = {"bytetrack", "botsort"}
WIDTH_FILTER = {"boosttrack", "occluboost"}  # they drop what is too wide for a person
ANY_WIDTH = 1e6


def follower(name: str) -> Follow:
    """What follows a stream with this tracker."""
    if importlib.util.find_spec("torch") is None:
        _stand_in_for_torch()
    create = importlib.import_module("boxmot").create_tracker
    spec = importlib.import_module("boxmot.trackers.specs").TrackerSpec
    logging.disable(logging.INFO)  # it announces every tracker

    def make(stream: Stream) -> Step:
        tracker = create(spec(name=name, options=tuple(sorted(_options(name, stream).items()))))
        blank = _blank(stream)

        def step(seen: Seen) -> tuple[Array, Array]:
            found = _update(tracker, seen, blank)
            return found[:, 4].astype(np.int64), found[:, :4]

        return step

    return frame_by_frame(make)


def _options(name: str, stream: Stream) -> dict[str, Any]:
    options = dict(NO_PICTURES[name])
    if name in HAS_LOOKS and stream.embedding is None:
        options["use_embeddings"] = False
    if name in TOLD_RATE:
        options["frame_rate"] = round(stream.fps)
    if name in WIDTH_FILTER and not stream.people:
        options["aspect_ratio_thresh"] = ANY_WIDTH
    return options


def _update(tracker: Any, seen: Seen, blank: Array) -> Array:  # noqa: ANN401 - theirs
    """Rows of x1, y1, x2, y2, id, ...; it takes scores from 0 to 1 and boxes with an area only."""
    sound = (seen.xyxy[:, 2:] > seen.xyxy[:, :2]).all(axis=1)
    xyxy, score = seen.xyxy[sound], np.clip(seen.score[sound], 0, 1)
    if seen.embedding is None:
        rows = np.column_stack([xyxy, score, np.zeros(len(xyxy), np.float32)])
        found: Array = tracker.update(rows, blank)
        return found
    looked: Array = tracker._update_arrays(  # noqa: SLF001 - the public door wants torch
        geometry=xyxy,
        scores=score,
        class_ids=np.zeros(len(xyxy), np.int64),
        sample_id=None,
        frame=blank,
        embeddings=seen.embedding[sound],
        masks=None,
        mask_image_size=None,
        numpy_output=True,
        prepared_bgr=None,
    )
    return looked


def _blank(stream: Stream) -> Array:
    """A picture with nothing on it, as large as the boxes need: some ask how large it is."""
    width, height = np.maximum(stream.xyxy[:, 2:].max(axis=0, initial=1), 1)
    return np.zeros((int(np.ceil(height)), int(np.ceil(width)), 3), np.uint8)


class _Names(ModuleType):
    """A module that has every name that it is asked for: an empty class each."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {})
        setattr(self, name, made)
        return made


def _stand_in_for_torch() -> None:
    torch = _Names("torch")
    torch.__path__ = []
    sys.modules["torch"] = torch


if __name__ == "__main__":
    serve(follower)
