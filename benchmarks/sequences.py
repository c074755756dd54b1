"""Public sequences with their truth and their detections, cut as the field cuts them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.peers.exchange import Outcome, Stream
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.tracks import BoxTable
from camweave.evaluation.tables import box_table, within
from camweave.formats.detections import read_detections
from camweave.formats.mot import read_mot, read_mot_detections
from camweave.formats.seqinfo import read_sequence_info

MOT17 = ("MOT17-05", "MOT17-09", "MOT17-11")
MOT15 = ("TUD-Campus", "TUD-Stadtmitte", "ADL-Rundle-6", "KITTI-17")
DANCE = ("dancetrack0004", "dancetrack0010", "dancetrack0035", "dancetrack0043")
DANCE_FPS = 20.0
PETS = "PETS09-S2L1"
PETS_SCALE = 1.6  # the truth's 768 px over the clip's 480


@dataclass(frozen=True)
class Sequence:
    """One sequence: what is fed, and what is true."""

    stream: Stream
    truth: BoxTable


@dataclass(frozen=True)
class Workload:
    """Sequences that are scored together."""

    name: str
    sequences: list[Sequence]


def quality_workloads(data: Path, pets_detections: Path | None) -> list[Workload]:
    """All inputs of the comparison; that of YOLOX-nano needs a detections file of the PETS clip.

    The last two took no part in choosing our defaults.
    """
    mot15, mot17 = data / "mot" / "MOT15", data / "mot" / "MOT17"
    chosen = [
        Workload("PETS09-S2L1, Faster R-CNN", [_pets(data, None)]),
        Workload(
            "MOT17 second halves, YOLOX",
            [_second_half(_mot17(mot17 / name, "YOLOX_ablation")) for name in MOT17],
        ),
        Workload("MOT17, Faster R-CNN", [_mot17(mot17 / name, "FRCNN") for name in MOT17]),
        Workload("MOT17, SDP", [_mot17(mot17 / name, "SDP") for name in MOT17]),
        Workload("MOT15 four, Faster R-CNN", [_mot15(mot15 / name) for name in MOT15]),
        Workload("DanceTrack four, YOLOX", [_dance(data, name) for name in DANCE]),
    ]
    if pets_detections is not None:
        chosen.insert(1, Workload("PETS09-S2L1, YOLOX-nano", [_pets(data, pets_detections)]))
    return chosen


def stream_of(log: DetectionLog, name: str) -> Stream:
    """A detection log as plain arrays."""
    return Stream(name, log.fps, log.frame_offsets, log.xyxy, log.score)


def table_of(outcome: Outcome) -> BoxTable:
    """What a tracker found, ready to be scored."""
    frame, object_id, x, y, w, h = outcome.rows.T
    return box_table(frame, object_id, np.stack([x, y, x + w, y + h], axis=1))


def _mot17(folder: Path, detector: str) -> Sequence:
    path = folder / "det" / f"det_{detector}.txt"
    log = read_mot_detections(path, camera=CameraId(folder.name))
    return Sequence(stream_of(log, folder.name), read_mot(folder / "gt" / "gt.txt"))


def _mot15(folder: Path) -> Sequence:
    path = folder / "det" / "det_sort_frcnn.txt"
    log = read_mot_detections(path, camera=CameraId(folder.name))
    return Sequence(stream_of(log, folder.name), read_mot(folder / "gt" / "gt.txt"))


def _dance(data: Path, name: str) -> Sequence:
    folder = data / "mot" / "DanceTrack" / name
    path = folder / "det" / "det_YOLOX.txt.gz"
    log = read_mot_detections(path, camera=CameraId(name), fps=DANCE_FPS)
    return Sequence(stream_of(log, name), read_mot(folder / "gt" / "gt.txt"))


def _pets(data: Path, detections: Path | None) -> Sequence:
    folder = data / "mot" / "MOT15" / PETS
    if detections is None:
        return _mot15(folder)
    truth = read_mot(folder / "gt" / "gt.txt")
    log = read_detections(detections)
    people = log.class_id == log.class_names.index("person")
    fps = read_sequence_info(folder / "seqinfo.ini").fps or log.fps
    stream = Stream(
        PETS,
        fps,
        np.searchsorted(log.frame[people], np.arange(log.frame_count + 1)),
        log.xyxy[people] * np.float32(PETS_SCALE),
        log.score[people],
    )
    return Sequence(stream, truth)


def _second_half(whole: Sequence) -> Sequence:
    """Frames after the middle, as the authors of ByteTrack cut them: N // 2 + 1 to the last."""
    stream = whole.stream
    first = stream.frames // 2 + 1
    offsets = stream.offsets[first:]
    rows = slice(offsets[0], offsets[-1])
    half = replace(
        stream, offsets=offsets - offsets[0], xyxy=stream.xyxy[rows], score=stream.score[rows]
    )
    truth = within(whole.truth, first, stream.frames - 1)
    return Sequence(half, replace(truth, frame=truth.frame - first))
