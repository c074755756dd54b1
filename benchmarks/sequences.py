"""Public sequences with their truth and their detections, cut as the field cuts them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.kitti import kitti_stream, kitti_truth, said
from benchmarks.peers.exchange import Outcome, Stream
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.tracks import BoxTable
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.scores import Scores
from camweave.evaluation.tables import box_table, within
from camweave.formats.detections import read_detections
from camweave.formats.mot import read_mot, read_mot_detections
from camweave.formats.seqinfo import read_sequence_info

MOT17 = ("MOT17-05", "MOT17-09", "MOT17-11")
MOT15 = ("TUD-Campus", "TUD-Stadtmitte", "PETS09-S2L1", "ADL-Rundle-6", "KITTI-17")
DANCE = ("dancetrack0004", "dancetrack0010", "dancetrack0035", "dancetrack0043")
DANCE_FPS = 20.0
KITTI = tuple(f"{number:04}" for number in range(11))
PETS = "PETS09-S2L1"
PETS_SCALE = 1.6  # the truth's 768 px over the clip's 480


@dataclass(frozen=True)
class Sequence:
    """One sequence: what is fed, and what is true."""

    stream: Stream
    truth: BoxTable
    unsaid: BoxTable | None = None  # regions in which a box is neither right nor wrong


@dataclass(frozen=True)
class Workload:
    """Sequences that are scored together."""

    name: str
    sequences: list[Sequence]


def combined_workloads(data: Path) -> list[Workload]:
    """Everything of one camera that the public data has, data set by data set.

    Scores are fed as they stand in the files, those of DPM (-.5 to 4.6) too.
    """
    mot = data / "mot"
    yolox = [_second_half(_mot17(mot, name, "YOLOX_ablation")) for name in MOT17]
    return [
        Workload("MOT15 five, Faster R-CNN", [_mot15(mot / "MOT15" / name) for name in MOT15]),
        Workload("MOT17 second halves, YOLOX", yolox),
        *(
            Workload(f"MOT17, {title}", [_mot17(mot, name, detector) for name in MOT17])
            for title, detector in (("Faster R-CNN", "FRCNN"), ("SDP", "SDP"), ("DPM", "DPM"))
        ),
        Workload("DanceTrack four, YOLOX", [_dance(mot, name) for name in DANCE]),
        Workload("KITTI vehicles, PermaTrack", [_kitti(mot / "KITTI", name) for name in KITTI]),
    ]


def looks_workload(data: Path) -> Workload:
    """The one public sequence with an embedding of every box: DeepSORT's 128-d vectors."""
    mot = data / "mot"
    rows = np.load(mot / "features" / "MOT17-09-FRCNN.npy")
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    whole = _mot17(mot, "MOT17-09", "FRCNN")
    vectors = rows[:, 7:].astype(np.float32)
    stream = Stream(
        "MOT17-09-looks",
        whole.stream.fps,
        np.searchsorted(rows[:, 0] - 1, np.arange(whole.stream.frames + 1)),
        np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]]).astype(np.float32),
        rows[:, 6].astype(np.float32),
        vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9),
    )
    name = "MOT17-09, Faster R-CNN, DeepSORT's vectors"
    return Workload(name, [Sequence(stream, whole.truth)])


def pets_workload(data: Path, detections: Path) -> Workload:
    """The PETS clip with what our own YOLOX-nano line found in it."""
    folder = data / "mot" / "MOT15" / PETS
    log = read_detections(detections)
    people = log.class_id == log.class_names.index("person")
    stream = Stream(
        "PETS-nano",
        read_sequence_info(folder / "seqinfo.ini").fps or log.fps,
        np.searchsorted(log.frame[people], np.arange(log.frame_count + 1)),
        log.xyxy[people] * np.float32(PETS_SCALE),
        log.score[people],
    )
    truth = read_mot(folder / "gt" / "gt.txt")
    return Workload("PETS09-S2L1, YOLOX-nano", [Sequence(stream, truth)])


def stream_of(log: DetectionLog, name: str) -> Stream:
    """A detection log as plain arrays."""
    return Stream(name, log.fps, log.frame_offsets, log.xyxy, log.score, log.embedding)


def scored(sequence: Sequence, outcome: Outcome) -> Scores:
    """What a tracker's outcome is worth."""
    result = table_of(outcome)
    if sequence.unsaid is not None:
        result = said(result, sequence.truth, sequence.unsaid)
    return evaluate(sequence.truth, result, name=sequence.stream.name)


def table_of(outcome: Outcome) -> BoxTable:
    """What a tracker found, ready to be scored."""
    frame, object_id, x, y, w, h = outcome.rows.T
    return box_table(frame, object_id, np.stack([x, y, x + w, y + h], axis=1))


def _mot17(mot: Path, name: str, detector: str) -> Sequence:
    folder = mot / "MOT17" / name
    log = read_mot_detections(folder / "det" / f"det_{detector}.txt", camera=CameraId(name))
    return Sequence(stream_of(log, f"{name}-{detector}"), read_mot(folder / "gt" / "gt.txt"))


def _mot15(folder: Path) -> Sequence:
    path = folder / "det" / "det_sort_frcnn.txt"
    log = read_mot_detections(path, camera=CameraId(folder.name))
    return Sequence(stream_of(log, folder.name), read_mot(folder / "gt" / "gt.txt"))


def _dance(mot: Path, name: str) -> Sequence:
    folder = mot / "DanceTrack" / name
    path = folder / "det" / "det_YOLOX.txt.gz"
    log = read_mot_detections(path, camera=CameraId(name), fps=DANCE_FPS)
    return Sequence(stream_of(log, name), read_mot(folder / "gt" / "gt.txt"))


def _kitti(folder: Path, name: str) -> Sequence:
    truth, unsaid = kitti_truth(folder / "label_02" / f"{name}.txt")
    return Sequence(kitti_stream(folder / "det_permatrack" / f"{name}.txt"), truth, unsaid)


def _second_half(whole: Sequence) -> Sequence:
    """Frames after the middle, as the authors of ByteTrack cut them: N // 2 + 1 to the last."""
    frames = whole.stream.frames
    first = frames // 2 + 1
    truth = within(whole.truth, first, frames - 1)
    return Sequence(whole.stream.between(first, frames), replace(truth, frame=truth.frame - first))
