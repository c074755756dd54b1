"""The authors' ByteTrack, from a checkout named by BYTETRACK_AUTHORS, as its tools/track.py does.

Their files import torch, cython_bbox and `np.float`, of which the tracker needs an overlap
function and a name: stand-ins serve where the real ones are absent. Nothing of theirs is here.
"""

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

from benchmarks.peers.exchange import Array, Step, frame_by_frame, serve

KNOBS = SimpleNamespace(track_thresh=0.6, track_buffer=30, match_thresh=0.9, mot20=False)
LEAST_AREA = 100  # px^2, of a box that tools/track.py writes down
WIDEST = 1.6  # width / height


def make(fps: float) -> Step:
    """A tracker told the frame rate, and the filter of its own evaluation."""
    module = importlib.import_module("yolox.tracker.byte_tracker")
    tracker = module.BYTETracker(KNOBS, frame_rate=fps)

    def step(xyxy: Array, score: Array) -> tuple[Array, Array]:
        rows = np.concatenate([xyxy, score[:, None]], axis=1)
        found = tracker.update(rows, (1, 1), (1, 1))
        ids = np.array([each.track_id for each in found], np.int64)
        boxes = np.array([each.tlbr for each in found]).reshape(-1, 4)
        width, height = (boxes[:, 2:] - boxes[:, :2]).T
        written = (width * height > LEAST_AREA) & (width <= WIDEST * height)
        return ids[written], boxes[written]

    return step


def let_it_import(checkout: Path) -> None:
    """Make `yolox.tracker` importable without the rest of the checkout's needs."""
    vars(np).setdefault("float", float)
    package = ModuleType("yolox")
    package.__path__ = [str(checkout / "yolox")]  # its own __init__ wants all of the detector
    sys.modules["yolox"] = package
    torch = ModuleType("torch")
    torch.nn = ModuleType("torch.nn")  # type: ignore[attr-defined]  # a stand-in for an unused name
    torch.nn.functional = ModuleType("torch.nn.functional")
    sys.modules |= {
        "torch": torch,
        "torch.nn": torch.nn,
        "torch.nn.functional": torch.nn.functional,
    }
    if importlib.util.find_spec("cython_bbox") is None:
        overlaps = ModuleType("cython_bbox")
        vars(overlaps)["bbox_overlaps"] = bbox_overlaps
        sys.modules["cython_bbox"] = overlaps


def bbox_overlaps(a: Array, b: Array) -> Array:
    """What cython_bbox computes: overlap with a pixel added to every side."""
    near = np.maximum(a[:, None, :2], b[None, :, :2])
    far = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.maximum(far - near + 1, 0).prod(axis=2)
    a_area, b_area = (a[:, 2:] - a[:, :2] + 1).prod(axis=1), (b[:, 2:] - b[:, :2] + 1).prod(axis=1)
    overlap: Array = shared / (a_area[:, None] + b_area - shared)
    return overlap


if __name__ == "__main__":
    let_it_import(Path(os.environ["BYTETRACK_AUTHORS"]))
    serve(frame_by_frame(make))
