"""camweave: one identity across every camera.

Detect, track, draw and score one video:

    import camweave

    detections = camweave.detect("street.mp4", detector=camweave.YoloParams(model="yolox.onnx"))
    tracklets = camweave.refine(camweave.track(detections)).tracklets
    camweave.write_mot("street.txt", tracklets)
    camweave.annotate("street.mp4", tracklets, "street_tracked.mp4")
    print(camweave.score_table(camweave.evaluate("gt.txt", "street.txt")))

Find who is who at a site, and why:

    camweave.batch("site.yaml", "out")
    for link in camweave.link("site.yaml", out="out").identities.links:
        print(link.one, link.other, link.how, link.evidence, link.margin)

Every name is imported when it is first used, so that `import camweave` costs nothing.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "camweave.core.frame": ("CameraId", "Frame", "SourceInfo", "Stamp"),
    "camweave.core.detections": ("DetectionLog", "Detections"),
    "camweave.core.tracks": ("Appearance", "BoxTable", "Tracklet", "Tracklets", "Tracks", "View"),
    "camweave.core.sightings": ("Sightings",),
    "camweave.core.topology": ("Topology", "Transition", "Zone"),
    "camweave.core.identities": ("Crop", "Identities", "Link", "TrackletKey"),
    "camweave.core.corrections": ("CannotLink", "MustLink"),
    "camweave.core.wishes": ("Lock", "Merge", "Split", "TakeBack"),
    "camweave.core.errors": ("CamweaveError", "InputError", "JobError"),
    "camweave.sources.video": ("VideoSource",),
    "camweave.sources.images": ("ImageFolderSource",),
    "camweave.detection.yolo": ("Yolo", "YoloParams"),
    "camweave.detection.motion": ("Motion", "MotionParams"),
    "camweave.detection.hog": ("Hog", "HogParams"),
    "camweave.detection.recorded": ("Recorded", "RecordedParams"),
    "camweave.detection.filtered": ("FilterParams", "Filtered"),
    "camweave.detection.inspection": ("ModelDescription", "describe"),
    "camweave.detection.camera_motion": (
        "FileMotion",
        "FileMotionParams",
        "FlowMotion",
        "FlowParams",
    ),
    "camweave.embedding.reid": ("Reid",),
    "camweave.embedding.histogram": ("Histogram",),
    "camweave.embedding.params": ("CropParams", "HistogramParams", "ReidParams"),
    "camweave.tracking.bytetrack": ("ByteTrack", "ByteTrackParams"),
    "camweave.tracking.weave": ("Weave", "WeaveParams"),
    "camweave.tracking.sort": ("Sort", "SortParams"),
    "camweave.tracking.ocsort": ("OcSort", "OcSortParams"),
    "camweave.tracking.deepsort": ("DeepSort", "DeepSortParams"),
    "camweave.tracking.botsort": ("BotSort", "BotSortParams"),
    "camweave.refinement.refine": ("Refined",),
    "camweave.refinement.params": ("RefineParams",),
    "camweave.refinement.ranking": ("RankParams",),
    "camweave.linking.params": ("LinkParams",),
    "camweave.linking.sightings": ("sightings_of",),
    "camweave.linking.ground": ("paths_of",),
    "camweave.linking.link": ("Linked", "link_sightings"),
    "camweave.linking.learned": ("LearnedSite", "learn_site"),
    "camweave.linking.zones": ("learn_zones",),
    "camweave.linking.clocks": ("Clocks", "estimate_clocks"),
    "camweave.linking.following.site": ("follow_on_ground",),
    "camweave.linking.registry.registry": ("Registry",),
    "camweave.sinks.annotate": ("AnnotateParams", "Annotator"),
    "camweave.sinks.video": ("VideoSink",),
    "camweave.formats.detections": ("read_detections", "write_detections"),
    "camweave.formats.tracklets": ("load_tracklets", "read_tracklets", "write_tracklets"),
    "camweave.formats.any_detections": ("load_detections", "read_boxes"),
    "camweave.formats.mot": ("read_mot", "read_mot_detections", "write_mot"),
    "camweave.formats.camera_motion": ("read_camera_motion", "write_camera_motion"),
    "camweave.formats.csv_table": ("write_csv",),
    "camweave.formats.calibration": ("read_calibration",),
    "camweave.formats.layout": ("Layout", "layout_of", "read_layout", "write_layout"),
    "camweave.formats.topology": ("read_topology", "write_topology"),
    "camweave.formats.identities": ("read_identities", "write_identities"),
    "camweave.formats.journal": ("Journal", "read_journal"),
    "camweave.formats.learned": ("read_learned",),
    "camweave.evaluation.preprocess": ("Countable",),
    "camweave.evaluation.scores": ("Scores", "combine"),
    "camweave.evaluation.report": ("figures", "score_table"),
    "camweave.app.site.model": ("Site",),
    "camweave.app.site.load": ("read_site",),
    "camweave.app.jobs.detect": ("detect",),
    "camweave.app.jobs.track": ("track",),
    "camweave.app.jobs.embed": ("embed",),
    "camweave.app.jobs.refine": ("refine",),
    "camweave.app.jobs.rank": ("rank",),
    "camweave.app.jobs.looking": ("Follower",),
    "camweave.app.jobs.supervision": ("from_supervision", "to_supervision"),
    "camweave.app.jobs.annotate": ("annotate",),
    "camweave.app.jobs.report": ("report",),
    "camweave.app.jobs.evaluate": ("evaluate", "evaluate_across"),
    "camweave.app.jobs.batch": ("batch",),
    "camweave.app.jobs.link": ("link",),
    "camweave.app.jobs.linked_site": ("LinkedSite",),
    "camweave.app.jobs.learn": ("learn",),
    "camweave.app.jobs.correct": ("correct",),
    "camweave.app.jobs.simulate": ("simulate",),
    "camweave.app.jobs.simulate_recorded": ("simulate_recorded",),
    "camweave.app.jobs.check": ("check",),
    "camweave.app.jobs.convert.convert": ("convert",),
    "camweave.app.jobs.doctor": ("doctor",),
}
# What a name is called at home, where it differs.
_OTHER_NAMES = {"score_table": "table", "link_sightings": "link"}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604 - the names of the table above


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"camweave has no {name!r}")
    value: object = getattr(import_module(_HOME[name]), _OTHER_NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All public names, imported or not."""
    return sorted(__all__)
