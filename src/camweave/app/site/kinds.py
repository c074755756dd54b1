"""The kinds of detector, embedder and tracker that a site file may name."""

from typing import Final

from camweave.core.nearest import did_you_mean

KINDS: Final = {
    "detector": ("yolo", "motion", "hog", "recorded"),
    "camera_motion": ("flow", "file", "none"),
    "embedder": ("reid", "histogram", "none"),
    "tracker": ("bytetrack", "weave", "sort", "ocsort", "deepsort", "botsort"),
}
USUAL: Final = {
    "detector": "motion",
    "camera_motion": "none",
    "embedder": "none",
    "tracker": "bytetrack",
}
BY_LOOKS: Final = ("deepsort",)  # trackers that are nothing without an embedder
LOOKING: Final = ("deepsort", "botsort")  # trackers that ask for looks at all


def kind_problem(stage: str, kind: str) -> str | None:
    """Why this kind cannot be had; None where it can.

    >>> kind_problem("tracker", "deep_sort")
    "unknown tracker 'deep_sort' (did you mean 'deepsort'?)"
    """
    if kind in KINDS[stage]:
        return None
    return f"unknown {stage} {kind!r}{did_you_mean(kind, KINDS[stage])}"
