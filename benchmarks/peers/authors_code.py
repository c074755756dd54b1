"""The authors' own code, from checkouts in the folder that CAMWEAVE_AUTHORS names.

`sort/`, `ByteTrack/`, `OC_SORT/`, `BoT-SORT/`, `deep_sort/`: each run as its own script runs it,
at that script's defaults. Their files import torch, cython_bbox, a window for pictures and names
that NumPy dropped, of which a tracker needs an overlap function and a name: stand-ins serve where
the real ones are absent. Nothing of theirs is here.
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.peers.exchange import Array, Follow, Seen, Step, Stream, frame_by_frame, serve

SURE = 0.5  # SORT: its paper passes on detections above this, its script what the file has
PLAUSIBLE = 0.3  # DeepSORT: min_confidence of the example in its README
GALLERY = 100  # DeepSORT: nn_budget of the same example
FARTHEST_LOOK = 0.2  # DeepSORT: max_cosine_distance
WIDEST = 1.6  # width / height of a box that the others' scripts write down
BYTETRACK = SimpleNamespace(track_thresh=0.6, track_buffer=30, match_thresh=0.9, mot20=False)
BOTSORT = {
    "track_high_thresh": 0.6,
    "track_low_thresh": 0.1,
    "new_track_thresh": 0.7,
    "track_buffer": 30,
    "match_thresh": 0.8,
    "proximity_thresh": 0.5,
    "appearance_thresh": 0.25,
    "mot20": False,
    "cmc_method": "none",
    "name": "",
    "ablation": False,
    "fast_reid_config": "",
    "fast_reid_weights": "",
    "device": "cpu",
}


def sort(_stream: Stream) -> Step:
    """SORT; its API takes no frame rate."""
    module = importlib.import_module("sort")
    module.KalmanBoxTracker.count = 0
    tracker = module.Sort()

    def step(seen: Seen) -> tuple[Array, Array]:
        found = tracker.update(_rows(seen)[seen.score > SURE])
        return found[:, 4], found[:, :4]

    return step


def bytetrack(stream: Stream) -> Step:
    """ByteTrack, told the frame rate, and the filter of tools/track.py."""
    module = importlib.import_module("yolox.tracker.byte_tracker")
    tracker = module.BYTETracker(BYTETRACK, frame_rate=stream.fps)
    written = _written(100, stream)

    def step(seen: Seen) -> tuple[Array, Array]:
        return written(_ids_and_boxes(tracker.update(_rows(seen), (1, 1), (1, 1))))

    return step


def ocsort(stream: Stream) -> Step:
    """OC-SORT, with the filter of tools/run_ocsort.py; its API takes no frame rate."""
    module = importlib.import_module("trackers.ocsort_tracker.ocsort")
    tracker = module.OCSort(det_thresh=0.6)
    written = _written(100, stream)

    def step(seen: Seen) -> tuple[Array, Array]:
        found = tracker.update(_rows(seen), (1, 1), (1, 1))
        return written((found[:, 4], found[:, :4]))

    return step


def botsort(stream: Stream) -> Step:
    """BoT-SORT without camera motion; with appearance where the stream has some."""
    module = importlib.import_module("tracker.bot_sort")
    looks = stream.embedding is not None
    knobs = SimpleNamespace(**BOTSORT, with_reid=looks)
    tracker = module.BoTSORT(knobs, frame_rate=stream.fps)
    written = _written(10, stream)

    def step(seen: Seen) -> tuple[Array, Array]:
        sure = seen.score > knobs.track_high_thresh  # the rows that it asks appearance for
        look = None if seen.embedding is None else seen.embedding[sure]
        return written(_ids_and_boxes(tracker.update(_rows(seen), look)))

    return step


def deepsort(_stream: Stream) -> Step:
    """DeepSORT, as its README's example; its API takes no frame rate."""
    nearest = importlib.import_module("deep_sort.nn_matching")
    detection = importlib.import_module("deep_sort.detection").Detection
    metric = nearest.NearestNeighborDistanceMetric("cosine", FARTHEST_LOOK, GALLERY)
    tracker = importlib.import_module("deep_sort.tracker").Tracker(metric)

    def step(seen: Seen) -> tuple[Array, Array]:
        assert seen.embedding is not None
        left_top, size = seen.xyxy[:, :2], seen.xyxy[:, 2:] - seen.xyxy[:, :2]
        columns = zip(np.hstack([left_top, size]), seen.score, seen.embedding, strict=True)
        found = [detection(*row) for row in columns]
        tracker.predict()
        tracker.update([each for each in found if each.confidence >= PLAUSIBLE])
        sure = [t for t in tracker.tracks if t.is_confirmed() and t.time_since_update <= 1]
        ids = np.array([each.track_id for each in sure], np.int64)
        return ids, np.array([each.to_tlbr() for each in sure]).reshape(-1, 4)

    return step


def _rows(seen: Seen) -> Array:
    return np.concatenate([seen.xyxy, seen.score[:, None]], axis=1)


def _ids_and_boxes(found: list[Any]) -> tuple[Array, Array]:
    ids = np.array([each.track_id for each in found], np.int64)
    return ids, np.array([each.tlbr for each in found]).reshape(-1, 4)


def _written(
    least_area: float, stream: Stream
) -> Callable[[tuple[Array, Array]], tuple[Array, Array]]:
    """The filter of their scripts: no box of few px^2, and none that is too wide for a person."""
    widest = WIDEST if stream.people else np.inf

    def written(found: tuple[Array, Array]) -> tuple[Array, Array]:
        ids, boxes = found
        width, height = (boxes[:, 2:] - boxes[:, :2]).T
        kept = (width * height > least_area) & (width <= widest * height)
        return ids[kept], boxes[kept]

    return written


def let_it_import(checkout: Path) -> None:
    """Make a checkout importable without the rest of its needs."""
    sys.path.insert(0, str(checkout))
    vars(np).setdefault("float", float)
    _bare_package("yolox", checkout / "yolox")  # its own __init__ wants all of the detector
    _bare_package("trackers", checkout / "trackers")  # else the library of that name is found
    _stand_in("torch", Tensor=type("Tensor", (), {}))  # SciPy asks whether an array is one
    for name in ("torch.nn", "torch.nn.functional", "skimage", "skimage.io"):
        _stand_in(name)
    for name in ("matplotlib", "matplotlib.pyplot", "matplotlib.patches"):
        _stand_in(name, use=lambda _window: None)
    _stand_in("fast_reid")
    _stand_in("fast_reid.fast_reid_interfece", FastReIDInterface=GivenLooks)
    if importlib.util.find_spec("cython_bbox") is None:
        _stand_in("cython_bbox", bbox_overlaps=bbox_overlaps)


class GivenLooks:
    """Stands for BoT-SORT's network: what it is given as a picture is the appearance itself."""

    def __init__(self, *_: object) -> None:
        pass

    def inference(self, look: Array, _boxes: Array) -> Array:
        """The appearance of these boxes."""
        return look


def _bare_package(name: str, folder: Path) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


def _stand_in(name: str, **members: object) -> None:
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


def bbox_overlaps(a: Array, b: Array) -> Array:
    """What cython_bbox computes: overlap with a pixel added to every side."""
    near = np.maximum(a[:, None, :2], b[None, :, :2])
    far = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.maximum(far - near + 1, 0).prod(axis=2)
    a_area, b_area = (a[:, 2:] - a[:, :2] + 1).prod(axis=1), (b[:, 2:] - b[:, :2] + 1).prod(axis=1)
    overlap: Array = shared / (a_area[:, None] + b_area - shared)
    return overlap


CODE: dict[str, tuple[str, Callable[[Stream], Step]]] = {
    "sort": ("sort", sort),
    "bytetrack": ("ByteTrack", bytetrack),
    "ocsort": ("OC_SORT", ocsort),
    "botsort": ("BoT-SORT", botsort),
    "deepsort": ("deep_sort", deepsort),
}


def follower(name: str) -> Follow:
    """What follows a stream with this tracker."""
    folder, make = CODE[name]
    let_it_import(Path(os.environ["CAMWEAVE_AUTHORS"], folder))
    return frame_by_frame(make)


if __name__ == "__main__":
    serve(follower)
