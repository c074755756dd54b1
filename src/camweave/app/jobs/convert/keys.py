"""Every key of the specification's configuration files, and what becomes of it.

The first pattern that fits decides; `*` stands for the rest of a name.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

from camweave.app.jobs.convert.classes import class_names
from camweave.app.jobs.convert.fates import (
    Fate,
    Moved,
    Refused,
    Used,
    flag,
    frames_to_seconds,
    linkage,
    model_file,
    name_of_camera,
    number,
    opposite,
    refining,
    store,
    text,
    tracker,
    whole,
)

NEVER_READ: Final = "the old program never read it"
ZONES: Final = Refused("draw zones as outlines: cameras[].zones; they are learned, too")
ATTRIBUTES: Final = Refused("there are no colour and type models")
SCORING: Final = Refused("scoring is a command: camweave evaluate --truth T --result R")
PLACES: Final = Refused("results go where `-o` says, under fixed names")
STATISTICS: Final = Refused("a command: camweave rank TRACKLETS")
GROUPING: Final = Refused("a command, and a section of its own: camweave refine, refine:")
PAGES: Final = Refused("a command: camweave report SOURCE TRACKLETS")
PRECISION: Final = Refused("the precision is the model file's own")
BATCHES: Final = Refused("batches are sized by themselves")
DRAWING: Final = Refused("`camweave batch --video` draws; its style is not configured")
WINDOW: Final = Refused("`camweave live` shows it on a page; `batch --video` writes it")
NAMED_BY_SITE: Final = "queues are named after the site; else: camweave publish "
DEVICE: Final = Refused("the device is chosen by the installed runtime; `camweave doctor` shows it")
NORMALISING: Final = Refused("a source is read as it is; frames carry their own times")
EXPORT: Final = "an exported ONNX model takes its place: "

LIVE: Final[Mapping[str, Fate]] = {
    "LIVE.TARGET_FPS": Moved("live.fps", number),
    "LIVE.FPS": Moved("live.fps", number),
    "LIVE.MAX_SKEW_TICKS": Moved("live.max_skew", number),
    "LIVE.MAX_SKEW": Moved("live.max_skew", number),
    "LIVE.STALL_SECONDS": Moved("live.stall_after", number),
    "LIVE.LOOP_VIDEO": Moved("live.loop", flag),
    "LIVE.MIN_TRACK_FRAMES": Moved("linker.min_frames", whole),
    "LIVE.CLUSTER_INTERVAL": Moved("linker.interval", number),
    "LIVE.MJPEG_PORT": Moved("serve.port", whole),
    "LIVE.PORT": Moved("serve.port", whole),
    "LIVE.SLEEP_ON_EMPTY": Refused(f"{NEVER_READ}; a reader waits for its next frame"),
    "LIVE.SIMILARITY_THRESHOLD": Refused(f"{NEVER_READ}; MTMC.MIN_SIM is the threshold"),
    "LIVE.GLOBAL_FEATURE_EMA": Refused(f"{NEVER_READ}; appearance is averaged over the track"),
    "LIVE.MAX_INACTIVE_SECS": Refused(f"{NEVER_READ}; linker.memory says when to forget"),
}

MTMC: Final[Mapping[str, Fate]] = {
    "MTMC.CAMERA_LAYOUT": Moved("linker.layout", text),
    "MTMC.LINKAGE": Moved("linker.linkage", linkage),
    "MTMC.MIN_SIM": Moved("linker.min_similarity", number),
    "MTMC.PICKLED_TRACKLETS": Refused("pickles run code when read; link takes tracklets.npz"),
}

CAMERAS: Final[Mapping[str, Fate]] = {
    "EXPRESS.CAMERAS[].video": Moved("cameras[].source", text),
    "EXPRESS.CAMERAS[].name": Moved("cameras[].name", name_of_camera),
    "EXPRESS.CAMERAS[].detector": Moved("cameras[].detector.model", model_file),
    "EXPRESS.CAMERAS[].tracked_classes": Moved("cameras[].detector.classes", class_names),
    "EXPRESS.CAMERAS[].detection_mask": Moved("cameras[].mask", text),
    "EXPRESS.CAMERAS[].calibration": Moved("cameras[].homography", text),
    "EXPRESS.CAMERAS[].zone_mask_dir": ZONES,
    "EXPRESS.CAMERAS[].valid_zonepaths": ZONES,
    "EXPRESS.CAMERAS[].enable_alpr": Refused("number plates are not read"),
    "EXPRESS.CAMERAS": Refused("it lists no camera"),
    "EXPRESS.FINAL_VIDEO_OUTPUT": Refused("`camweave batch --video` writes the videos"),
}

MOT: Final[Mapping[str, Fate]] = {
    "MOT.VIDEO": Moved("cameras[*].source", text),
    "MOT.DETECTION_MASK": Moved("cameras[*].mask", text),
    "MOT.CALIBRATION": Moved("cameras[*].homography", text),
    "MOT.DETECTOR": Moved("detector.model", model_file),
    "MOT.TRACKED_CLASSES": Moved("detector.classes", class_names),
    "MOT.TRACKER": Moved("tracker.kind", tracker),
    "MOT.MIN_FRAMES": Moved("linker.min_frames", whole),
    "MOT.REID_ONNX": Moved("embedder.model", text),
    "MOT.REID_TRT": Moved("embedder.model", model_file),
    "MOT.REID_MODEL_CKPT": Moved("embedder.model", model_file),
    "MOT.REID_MODEL_OPTS": Refused(f"{EXPORT}embedder.model"),
    "MOT.REID_FP16": PRECISION,
    "MOT.REID_BATCHSIZE": BATCHES,
    "MOT.ZONE_MASK_DIR": ZONES,
    "MOT.VALID_ZONEPATHS": ZONES,
    "MOT.STATIC_ATTRIBUTES*": ATTRIBUTES,
    "MOT.DYNAMIC_ATTRIBUTES*": ATTRIBUTES,
    "MOT.ATTRIBUTE_INFER_FP16": PRECISION,
    "MOT.ATTRIBUTE_INFER_BATCHSIZE": BATCHES,
    "MOT.SHOW": WINDOW,
    "MOT.ONLINE_VIDEO_OUTPUT": DRAWING,
    "MOT.VIDEO_OUTPUT": DRAWING,
    "MOT.FONT": DRAWING,
    "MOT.REFINE": Moved("refine", refining),
}

WHOLE_RUN: Final[Mapping[str, Fate]] = {
    "SYSTEM.GPU_IDS": DEVICE,
    "SYSTEM.CFG_DIR": PLACES,
    "SYSTEM.ROOT_DIR": PLACES,
    "OUTPUT_DIR": PLACES,
    "DEBUG_RUN": Refused("`camweave demo --seconds 2` is the short run"),
    "FONTSIZE": DRAWING,
    "EVAL.GROUND_TRUTHS": SCORING,
    "EVAL.PREDICTIONS": SCORING,
    "EVAL.MIN_IOU": SCORING,
    "EVAL.IGNORE_FP": SCORING,
    "EVAL.DROP_SINGLE_CAM": SCORING,
}


def staged_tracker(section: str) -> dict[str, Fate]:
    """The tracker's keys of the staged pipeline, which had two places for them."""
    return {
        f"{section}.track_thresh": Moved("tracker.high", number),
        f"{section}.match_thresh": Moved("tracker.match", number),
        f"{section}.track_buffer": Moved("tracker.patience", frames_to_seconds),
        f"{section}.frame_rate": Used("turns track_buffer into seconds"),
        f"{section}.mot20": Moved("tracker.fuse_score", opposite),
        f"{section}.min_hits": Refused("a track is shown from its second sighting on"),
    }


STAGED: Final[Mapping[str, Fate]] = {
    **staged_tracker("stage2_track.tracker"),
    **staged_tracker("stage2_track.params"),
    "stage2_track.verbose": Refused("progress shows on a terminal, and nowhere else"),
    "stage2_track.input.*": PLACES,
    "stage2_track.output.*": PLACES,
    "stage1_detect.detector.model_path": Moved("detector.model", model_file),
    "stage1_detect.detector.confidence": Moved("detector.score", number),
    "stage1_detect.confidence": Moved("detector.score", number),
    "stage1_detect.detector.detect_only_humans": Moved("detector.classes", class_names),
    "stage1_detect.detector.device": DEVICE,
    "stage1_detect*.detection_limit.*": Refused("no limit is needed; detector.score is the floor"),
    "stage1_detect.input.*": PLACES,
    "stage1_detect.output.*": PLACES,
    "stage0_normalize.*": NORMALISING,
    "stage3b*": GROUPING,
    "stage3*": STATISTICS,
    "stage4*": PAGES,
    "global.video_file": Moved("cameras[*].source", text),
    "global.video_dir": Used("names the folder of video_file"),
    "global.verbose": Refused("progress shows on a terminal, and nowhere else"),
    "global.*": Used("fills in the ${names} of other keys"),
    "pipeline.*": Refused(
        "each stage is a command: detect, track, embed, refine; batch is all of them"
    ),
}

DISTRIBUTED: Final[Mapping[str, Fate]] = {
    "data.video_path": Moved("cameras[*].source", text),
    "model.path": Moved("detector.model", model_file),
    "model.confidence_threshold": Moved("detector.score", number),
    "model.iou_threshold": Moved("detector.nms", number),
    "rabbitmq.host": Refused("the broker is given on the command line: --broker amqp://HOST"),
    "rabbitmq.frame_queue": Refused(f"{NAMED_BY_SITE}--frame-queue"),
    "rabbitmq.result_queue": Refused(f"{NAMED_BY_SITE}--results-queue"),
    "output.database_path": Moved("store", store),
    "output.save_annotated_frames": DRAWING,
    "output.frames_dir": DRAWING,
    "output.logs_path": Refused("a *_timing.json lies beside each result"),
    "output.annotated_video_path": PLACES,
}

KEYS: Final[Mapping[str, Fate]] = {
    **LIVE,
    **MTMC,
    **CAMERAS,
    **MOT,
    **WHOLE_RUN,
    **STAGED,
    **DISTRIBUTED,
}


def fate_of(pattern: str) -> Fate | None:
    """What becomes of a key; None for one that none of the documents knows."""
    if pattern in KEYS:
        return KEYS[pattern]
    escaped = pattern.replace("[", "(").replace("]", ")")  # fnmatch reads [] as a set
    return next((fate for known, fate in KEYS.items() if matches(escaped, known)), None)


def matches(pattern: str, known: str) -> bool:
    """Whether a known pattern covers this key."""
    return fnmatchcase(pattern, known.replace("[", "(").replace("]", ")"))
