"""Public names for type checkers; `__init__.py` imports each when it is first used."""

from camweave.app.jobs.annotate import annotate
from camweave.app.jobs.batch import batch
from camweave.app.jobs.check import check
from camweave.app.jobs.convert.convert import convert
from camweave.app.jobs.detect import detect
from camweave.app.jobs.doctor import doctor
from camweave.app.jobs.evaluate import evaluate, evaluate_across
from camweave.app.jobs.simulate import simulate
from camweave.app.jobs.track import track
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import CamweaveError, InputError, JobError
from camweave.core.frame import CameraId, Frame, SourceInfo, Stamp
from camweave.core.tracks import BoxTable, Tracklet, Tracklets, Tracks, View
from camweave.detection.filtered import Filtered, FilterParams
from camweave.detection.hog import Hog, HogParams
from camweave.detection.inspection import ModelDescription, describe
from camweave.detection.motion import Motion, MotionParams
from camweave.detection.recorded import Recorded, RecordedParams
from camweave.detection.yolo import Yolo, YoloParams
from camweave.evaluation.report import figures
from camweave.evaluation.report import table as score_table
from camweave.evaluation.scores import Scores, combine
from camweave.formats.csv_table import write_csv
from camweave.formats.detections import read_detections, write_detections
from camweave.formats.mot import read_mot, read_mot_detections, write_mot
from camweave.formats.tracklets import load_tracklets, read_tracklets, write_tracklets
from camweave.sinks.annotate import AnnotateParams, Annotator
from camweave.sinks.video import VideoSink
from camweave.sources.images import ImageFolderSource
from camweave.sources.video import VideoSource
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams

__version__: str

__all__ = [
    "AnnotateParams",
    "Annotator",
    "BoxTable",
    "ByteTrack",
    "ByteTrackParams",
    "CameraId",
    "CamweaveError",
    "DetectionLog",
    "Detections",
    "FilterParams",
    "Filtered",
    "Frame",
    "Hog",
    "HogParams",
    "ImageFolderSource",
    "InputError",
    "JobError",
    "ModelDescription",
    "Motion",
    "MotionParams",
    "Recorded",
    "RecordedParams",
    "Scores",
    "Site",
    "SourceInfo",
    "Stamp",
    "Tracklet",
    "Tracklets",
    "Tracks",
    "VideoSink",
    "VideoSource",
    "View",
    "Yolo",
    "YoloParams",
    "__version__",
    "annotate",
    "batch",
    "check",
    "combine",
    "convert",
    "describe",
    "detect",
    "doctor",
    "evaluate",
    "evaluate_across",
    "figures",
    "load_tracklets",
    "read_detections",
    "read_mot",
    "read_mot_detections",
    "read_site",
    "read_tracklets",
    "score_table",
    "simulate",
    "track",
    "write_csv",
    "write_detections",
    "write_mot",
    "write_tracklets",
]
