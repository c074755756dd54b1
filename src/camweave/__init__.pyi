"""Public names for type checkers; `__init__.py` imports each when it is first used."""

from camweave.app.jobs.annotate import annotate
from camweave.app.jobs.batch import batch
from camweave.app.jobs.check import check
from camweave.app.jobs.convert.convert import convert
from camweave.app.jobs.correct import correct
from camweave.app.jobs.detect import detect
from camweave.app.jobs.doctor import doctor
from camweave.app.jobs.embed import embed
from camweave.app.jobs.evaluate import evaluate, evaluate_across
from camweave.app.jobs.learn import learn
from camweave.app.jobs.link import link
from camweave.app.jobs.linked_site import LinkedSite
from camweave.app.jobs.looking import Follower
from camweave.app.jobs.rank import rank
from camweave.app.jobs.refine import refine
from camweave.app.jobs.report import report
from camweave.app.jobs.simulate import simulate
from camweave.app.jobs.simulate_recorded import simulate_recorded
from camweave.app.jobs.supervision import from_supervision, to_supervision
from camweave.app.jobs.track import track
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.corrections import CannotLink, MustLink
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import CamweaveError, InputError, JobError
from camweave.core.frame import CameraId, Frame, SourceInfo, Stamp
from camweave.core.identities import Crop, Identities, Link, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition, Zone
from camweave.core.tracks import Appearance, BoxTable, Tracklet, Tracklets, Tracks, View
from camweave.core.wishes import Lock, Merge, Split, TakeBack
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
from camweave.evaluation.preprocess import Countable
from camweave.evaluation.report import figures
from camweave.evaluation.report import table as score_table
from camweave.evaluation.scores import Scores, combine
from camweave.formats.any_detections import load_detections, read_boxes
from camweave.formats.calibration import read_calibration
from camweave.formats.camera_motion import read_camera_motion, write_camera_motion
from camweave.formats.csv_table import write_csv
from camweave.formats.detections import read_detections, write_detections
from camweave.formats.identities import read_identities, write_identities
from camweave.formats.journal import Journal, read_journal
from camweave.formats.layout import Layout, layout_of, read_layout, write_layout
from camweave.formats.learned import read_learned
from camweave.formats.mot import read_mot, read_mot_detections, write_mot
from camweave.formats.topology import read_topology, write_topology
from camweave.formats.tracklets import load_tracklets, read_tracklets, write_tracklets
from camweave.linking.clocks import Clocks, estimate_clocks
from camweave.linking.following.site import follow_on_ground
from camweave.linking.ground import paths_of
from camweave.linking.learned import LearnedSite, learn_site
from camweave.linking.link import Linked
from camweave.linking.link import link as link_sightings
from camweave.linking.params import LinkParams
from camweave.linking.registry.registry import Registry
from camweave.linking.sightings import sightings_of
from camweave.linking.zones import learn_zones
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
    "CannotLink",
    "Clocks",
    "Countable",
    "Crop",
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
    "Identities",
    "ImageFolderSource",
    "InputError",
    "JobError",
    "Journal",
    "Layout",
    "LearnedSite",
    "Link",
    "LinkParams",
    "Linked",
    "LinkedSite",
    "Lock",
    "Merge",
    "ModelDescription",
    "Motion",
    "MotionParams",
    "MustLink",
    "OcSort",
    "OcSortParams",
    "RankParams",
    "Recorded",
    "RecordedParams",
    "RefineParams",
    "Refined",
    "Registry",
    "Reid",
    "ReidParams",
    "Scores",
    "Sightings",
    "Site",
    "Sort",
    "SortParams",
    "SourceInfo",
    "Split",
    "Stamp",
    "TakeBack",
    "Topology",
    "Tracklet",
    "TrackletKey",
    "Tracklets",
    "Tracks",
    "Transition",
    "VideoSink",
    "VideoSource",
    "View",
    "Weave",
    "WeaveParams",
    "Yolo",
    "YoloParams",
    "Zone",
    "__version__",
    "annotate",
    "batch",
    "check",
    "combine",
    "convert",
    "correct",
    "describe",
    "detect",
    "doctor",
    "embed",
    "estimate_clocks",
    "evaluate",
    "evaluate_across",
    "figures",
    "follow_on_ground",
    "from_supervision",
    "layout_of",
    "learn",
    "learn_site",
    "learn_zones",
    "link",
    "link_sightings",
    "load_detections",
    "load_tracklets",
    "paths_of",
    "rank",
    "read_boxes",
    "read_calibration",
    "read_camera_motion",
    "read_detections",
    "read_identities",
    "read_journal",
    "read_layout",
    "read_learned",
    "read_mot",
    "read_mot_detections",
    "read_site",
    "read_topology",
    "read_tracklets",
    "refine",
    "report",
    "score_table",
    "sightings_of",
    "simulate",
    "simulate_recorded",
    "to_supervision",
    "track",
    "write_camera_motion",
    "write_csv",
    "write_detections",
    "write_identities",
    "write_layout",
    "write_mot",
    "write_topology",
    "write_tracklets",
]
