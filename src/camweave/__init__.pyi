"""Public names for type checkers; `__init__.py` imports each when it is first used."""

from camweave.app.jobs.annotate import annotate
from camweave.app.jobs.batch import batch
from camweave.app.jobs.check import check
from camweave.app.jobs.convert.convert import convert
from camweave.app.jobs.detect import detect
from camweave.app.jobs.doctor import doctor
from camweave.app.jobs.embed import embed
from camweave.app.jobs.evaluate import evaluate, evaluate_across
from camweave.app.jobs.looking import Follower
from camweave.app.jobs.rank import rank
from camweave.app.jobs.refine import refine
from camweave.app.jobs.report import report
from camweave.app.jobs.simulate import simulate
from camweave.app.jobs.supervision import from_supervision, to_supervision
from camweave.app.jobs.track import track
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import CamweaveError, InputError, JobError
from camweave.core.frame import CameraId, Frame, SourceInfo, Stamp
from camweave.core.tracks import Appearance, BoxTable, Tracklet, Tracklets, Tracks, View
from camweave.detection.camera_motion import FileMotion, FileMotionParams, FlowMotion, FlowParams
from camweave.detection.filtered import Filtered, FilterParams
from camweave.detection.hog import Hog, HogParams
from camweave.detection.inspection import ModelDescription, describe
from camweave.detection.motion import Motion, MotionParams
from camweave.detection.recorded import Recorded, RecordedParams
from camweave.detection.yolo import Yolo, YoloParams
from camweave.embedding.histogram import Histogram
from camweave.embedding.params import CropParams, HistogramParams, ReidParams
from camweave.embedding.reid import Reid
from camweave.evaluation.report import figures
from camweave.evaluation.report import table as score_table
from camweave.evaluation.scores import Scores, combine
from camweave.formats.any_detections import load_detections, read_boxes
from camweave.formats.camera_motion import read_camera_motion, write_camera_motion
from camweave.formats.csv_table import write_csv
from camweave.formats.detections import read_detections, write_detections
from camweave.formats.mot import read_mot, read_mot_detections, write_mot
from camweave.formats.tracklets import load_tracklets, read_tracklets, write_tracklets
from camweave.refinement.params import RefineParams
from camweave.refinement.ranking import RankParams
from camweave.refinement.refine import Refined
from camweave.sinks.annotate import AnnotateParams, Annotator
from camweave.sinks.video import VideoSink
from camweave.sources.images import ImageFolderSource
from camweave.sources.video import VideoSource
from camweave.tracking.botsort import BotSort, BotSortParams
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams
from camweave.tracking.deepsort import DeepSort, DeepSortParams
from camweave.tracking.ocsort import OcSort, OcSortParams
from camweave.tracking.sort import Sort, SortParams
from camweave.tracking.weave import Weave, WeaveParams

__version__: str

__all__ = [
    "AnnotateParams",
    "Annotator",
    "Appearance",
    "BotSort",
    "BotSortParams",
    "BoxTable",
    "ByteTrack",
    "ByteTrackParams",
    "CameraId",
    "CamweaveError",
    "CropParams",
    "DeepSort",
    "DeepSortParams",
    "DetectionLog",
    "Detections",
    "FileMotion",
    "FileMotionParams",
    "FilterParams",
    "Filtered",
    "FlowMotion",
    "FlowParams",
    "Follower",
    "Frame",
    "Histogram",
    "HistogramParams",
    "Hog",
    "HogParams",
    "ImageFolderSource",
    "InputError",
    "JobError",
    "ModelDescription",
    "Motion",
    "MotionParams",
    "OcSort",
    "OcSortParams",
    "RankParams",
    "Recorded",
    "RecordedParams",
    "RefineParams",
    "Refined",
    "Reid",
    "ReidParams",
    "Scores",
    "Site",
    "Sort",
    "SortParams",
    "SourceInfo",
    "Stamp",
    "Tracklet",
    "Tracklets",
    "Tracks",
    "VideoSink",
    "VideoSource",
    "View",
    "Weave",
    "WeaveParams",
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
    "embed",
    "evaluate",
    "evaluate_across",
    "figures",
    "from_supervision",
    "load_detections",
    "load_tracklets",
    "rank",
    "read_boxes",
    "read_camera_motion",
    "read_detections",
    "read_mot",
    "read_mot_detections",
    "read_site",
    "read_tracklets",
    "refine",
    "report",
    "score_table",
    "simulate",
    "to_supervision",
    "track",
    "write_camera_motion",
    "write_csv",
    "write_detections",
    "write_mot",
    "write_tracklets",
]
